package io.goose.engine.worker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Properties;
import org.junit.jupiter.api.Test;

class StopDeadlineTest {

    private static final Duration GRACE = Duration.ofSeconds(20);

    private final Properties shared = new Properties();
    private long now = Long.MAX_VALUE - Duration.ofSeconds(15).toNanos(); // the time of nanoTime may wrap

    // As the engines do, each asks through an instance of its own.
    private StopDeadline deadline() {
        return new StopDeadline(shared, () -> now);
    }

    private void pass(Duration time) {
        now += time.toNanos();
    }

    @Test
    void firstStop_hasItsWholeGrace() {
        assertThat(deadline().begin(GRACE)).isEqualTo(now + GRACE.toNanos());
    }

    @Test
    void stopDuringAnother_sharesItsDeadline() {
        long first = deadline().begin(GRACE);
        pass(Duration.ofSeconds(12));
        assertThat(deadline().begin(GRACE)).isEqualTo(first);
    }

    @Test
    void modulesThatStopOneAfterAnother_shareOneDeadline() {
        long first = deadline().begin(GRACE);
        pass(Duration.ofSeconds(21)); // the first module used it up
        deadline().end();
        pass(Duration.ofMillis(200));
        assertThat(deadline().begin(GRACE)).isEqualTo(first);
    }

    @Test
    void stopAfterARedeployment_hasItsOwnGrace() {
        deadline().begin(GRACE);
        pass(Duration.ofSeconds(1));
        deadline().end();
        pass(Duration.ofSeconds(3));
        assertThat(deadline().begin(GRACE)).isEqualTo(now + GRACE.toNanos());
    }

    @Test
    void shorterGrace_isKeptAndDoesNotShortenThatOfOthers() {
        long first = deadline().begin(GRACE);
        assertThat(deadline().begin(Duration.ofSeconds(5)))
                .isEqualTo(now + Duration.ofSeconds(5).toNanos());
        assertThat(deadline().begin(GRACE)).isEqualTo(first);
    }
}
