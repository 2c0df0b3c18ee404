package io.goose.engine.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.goose.EnqueueRejectedException;
import io.goose.JobCall;
import io.goose.JobOptions;
import io.goose.engine.codec.JsonbArgumentCodec;
import io.goose.engine.handler.JobCatalogue;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is refused before anything is sent. */
class JobFactoryTest {

    private final JobFactory factory = new JobFactory(
            JobCatalogue.EMPTY,
            new JsonbArgumentCodec(),
            () -> Instant.EPOCH,
            new JobFactory.Limits(27, 1000, Duration.ofHours(1)),
            "test-host");

    @Test
    void timeThatTheFormatCannotHold_isRefused() {
        EnqueueRejectedException thrown = rejected(JobCall.of("a.B#c"), Instant.MAX);

        assertThat(thrown)
                .hasMessageStartingWith("GOOSE-1018: cannot enqueue job ")
                .hasMessageContaining("'runAt'");
        assertThat(thrown.id()).isNotNull();
    }

    @Test
    void deadlineThatIsNotAfterTheTime_isRefused() {
        Instant time = Instant.parse("2026-05-01T00:00:00Z");
        JobOptions until = JobOptions.builder().deadline(time).build();

        assertThatThrownBy(() -> factory.job(JobCall.of("a.B#c"), until, time))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("GOOSE-4129: a job for 2026-05-01T00:00:00Z cannot have the deadline");
        assertThat(factory.job(JobCall.of("a.B#c"), until, time.minusMillis(1)).queue())
                .isEqualTo("default");
    }

    @Test
    void argumentsThatAreNestedTooDeep_areRefused() {
        List<Object> nested = new ArrayList<>();
        for (int i = 0; i < 70; i++) {
            nested = new ArrayList<>(List.of(nested));
        }

        assertThat(rejected(JobCall.of("a.B#c", nested), null))
                .hasMessageStartingWith("GOOSE-1012: cannot encode the arguments of a.B#c: cannot encode argument 1");
    }

    @Test
    void envelopeThatIsTooLarge_isRefusedWithBothSizes() {
        assertThat(rejected(JobCall.of("a.B#c", "x".repeat(1000)), null))
                .hasMessageStartingWith("GOOSE-1013")
                .hasMessageContaining("goose.job.max-size=1000");
    }

    private EnqueueRejectedException rejected(JobCall call, Instant runAt) {
        EnqueueRejectedException thrown =
                catchThrowableOfType(EnqueueRejectedException.class, () -> factory.job(call, JobOptions.NONE, runAt));
        assertThat(thrown).isNotNull();
        return thrown;
    }
}
