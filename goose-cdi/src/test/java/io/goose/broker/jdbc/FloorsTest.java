package io.goose.broker.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Where a claim starts to look, by a clock that is moved by hand. */
final class FloorsTest {

    private static final long ALL = Long.MIN_VALUE;

    private long now = 1;
    private final Floors.Floor floor = new Floors(() -> now).of("mail", Rows.BACK);

    private void pass(Duration time) {
        now += time.toNanos();
    }

    private long claim(boolean enough, long taken) {
        long start = floor.start();
        floor.looked(enough);
        floor.took(taken);
        return start;
    }

    @Test
    void theFirstClaim_looksAtAll_theNextBehindWhatWasTaken() {
        assertThat(claim(true, 5000)).isEqualTo(ALL);
        assertThat(claim(true, 7000)).isEqualTo(5000);
        assertThat(claim(true, 8000)).isEqualTo(7000);
    }

    @Test
    void aClaimThatFindsTooLittle_andTheOneAfterIt_lookAtTheLastSecondsAgain() {
        claim(true, 1000);
        pass(Duration.ofSeconds(3));
        claim(true, 2000); // mark: 1000
        pass(Duration.ofSeconds(3));
        long start = floor.start();

        assertThat(start).isEqualTo(2000);
        assertThat(floor.again(start)).as("as of three to six seconds ago").isEqualTo(1000);
        floor.looked(false);
        assertThat(floor.start()).isEqualTo(1000);
    }

    @Test
    void allIsLookedAt_fromTimeToTime() {
        claim(true, 1000);
        pass(Duration.ofSeconds(9));
        assertThat(claim(true, 2000)).isEqualTo(1000);
        pass(Duration.ofSeconds(1));
        assertThat(claim(true, 3000)).isEqualTo(ALL);
        assertThat(claim(true, 4000)).isEqualTo(3000);
    }

    @Test
    void theLongerThatTakes_theMoreSeldomItIsDone() {
        floor.start();
        pass(Duration.ofSeconds(4));
        floor.looked(true);
        floor.took(1000);

        pass(Duration.ofSeconds(79));
        assertThat(claim(true, 2000)).isEqualTo(1000);
        pass(Duration.ofSeconds(1));
        assertThat(claim(true, 3000)).isEqualTo(ALL);
    }
}
