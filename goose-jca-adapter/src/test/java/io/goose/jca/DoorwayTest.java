package io.goose.jca;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.resource.ResourceException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** When an endpoint that refuses is asked again. */
final class DoorwayTest {

    private final AtomicLong nanos = new AtomicLong();
    private int asked;
    private boolean answers;

    private final Doorway doorway = new Doorway("bean", this::ask, nanos::get);

    private void ask() throws ResourceException {
        asked++;
        if (!answers) {
            throw new ResourceException("suspended");
        }
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    @Test
    void itIsOpen_andNobodyIsAsked_untilADeliveryIsRefused() {
        assertThat(doorway.getAsBoolean()).isTrue();
        assertThat(asked).isZero();

        assertThat(doorway.refused(null)).isEqualTo(Duration.ofMillis(100));

        assertThat(doorway.getAsBoolean()).isFalse();
        assertThat(asked).as("not before the pause is over").isZero();
    }

    @Test
    void pausesGrow_withEachRefusal_butNotWithThoseThatWereLeasedTogether() {
        doorway.refused(null);
        assertThat(doorway.refused(null)).isEqualTo(Duration.ofMillis(100));
        Duration expected = Duration.ofMillis(100);
        for (int i = 0; i < 12; i++) {
            pass(expected);
            assertThat(doorway.getAsBoolean()).isFalse();
            assertThat(asked).isEqualTo(i + 1);
            expected = expected.multipliedBy(2).compareTo(Duration.ofSeconds(30)) > 0
                    ? Duration.ofSeconds(30)
                    : expected.multipliedBy(2);
            pass(expected.minusNanos(1));
            assertThat(doorway.getAsBoolean()).isFalse();
            assertThat(asked).as("before its time").isEqualTo(i + 1);
            pass(Duration.ofNanos(1).minus(expected));
        }
    }

    @Test
    void anEndpointThatAnswersButRunsNothing_isNotAskedInALoop() {
        answers = true;
        doorway.refused(null);
        pass(Duration.ofMillis(100));
        assertThat(doorway.getAsBoolean()).isTrue();

        assertThat(doorway.refused(null)).as("nothing was delivered since").isEqualTo(Duration.ofMillis(200));

        pass(Duration.ofMillis(200));
        assertThat(doorway.getAsBoolean()).isTrue();
        doorway.delivered();
        assertThat(doorway.refused(null)).as("from the start").isEqualTo(Duration.ofMillis(100));
    }
}
