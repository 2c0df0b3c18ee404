package io.goose.broker.composed;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.spi.GuardedLedger.Due;
import io.goose.spi.GuardedLedger.Taken;
import io.goose.tck.TestJobs;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DuesTest {

    private static final Due IN_A_MINUTE = new Due(List.of(), Duration.ofMinutes(1), false);

    private long now = -7; // System.nanoTime() may be anything
    private final Dues dues = new Dues(() -> now);

    private void answered(Due due) {
        dues.answered("a", due, dues.changes());
    }

    private void pass(Duration time) {
        now += time.toNanos();
    }

    @Test
    void nothing_isBelievedForHalfASecond_ofThatQueue() {
        assertThat(dues.areNone("a")).as("never asked").isFalse();

        answered(Due.NOTHING);
        assertThat(dues.areNone("a")).isTrue();
        assertThat(dues.areNone("b")).isFalse();

        pass(Duration.ofMillis(499));
        assertThat(dues.areNone("a")).isTrue();
        pass(Duration.ofMillis(1));
        assertThat(dues.areNone("a")).isFalse();
    }

    @Test
    void anAnswer_isNotBelieved_afterAChange_norWhenTheChangeCameWhileItWasAsked() {
        answered(Due.NOTHING);
        dues.changed();
        assertThat(dues.areNone("a")).isFalse();

        long before = dues.changes();
        dues.changed();
        dues.answered("a", Due.NOTHING, before);
        assertThat(dues.areNone("a")).isFalse();
    }

    @Test
    void whatIsDueByNow_isAskedFor() {
        answered(new Due(List.of(), Duration.ofMillis(20), false));
        pass(Duration.ofMillis(19));
        assertThat(dues.areNone("a")).isTrue();
        pass(Duration.ofMillis(1));
        assertThat(dues.areNone("a")).isFalse();
    }

    @Test
    void aQueueThatIsPausedOrHadSomethingDue_isAskedAgain() {
        answered(Due.PAUSED);
        assertThat(dues.areNone("a")).isFalse();
        answered(new Due(List.of(new Taken(TestJobs.job("a"), 1)), null, false));
        assertThat(dues.areNone("a")).isFalse();
    }

    @Test
    void theNextOfAll_endsTheWait() {
        assertThat(dues.untilNext(Duration.ofSeconds(1))).hasSeconds(1);
        answered(IN_A_MINUTE);
        dues.answered("b", new Due(List.of(), Duration.ofMillis(300), false), dues.changes());

        assertThat(dues.untilNext(Duration.ofSeconds(1))).hasMillis(300);
        assertThat(dues.untilNext("a")).hasMinutes(1);
        pass(Duration.ofSeconds(2));
        assertThat(dues.untilNext(Duration.ofSeconds(1))).isZero();
        dues.answered("b", new Due(List.of(), Duration.ofDays(400_000), false), dues.changes());
        assertThat(dues.untilNext("b")).as("too far for nanoseconds").isNull();
    }
}
