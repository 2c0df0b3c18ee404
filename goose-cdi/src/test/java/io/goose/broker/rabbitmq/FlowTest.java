package io.goose.broker.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
final class FlowTest {

    private static final long LONG = TimeUnit.HOURS.toNanos(1);

    @Test
    void itIsCalm_whenAllThatMayBeOnItsWayHasCome() {
        Flow flow = new Flow(2);
        flow.came();
        assertThat(flow.isCalm(LONG)).as("one more may be on its way").isFalse();
        flow.came();
        assertThat(flow.isCalm(LONG)).isTrue();
        flow.ended();
        assertThat(flow.isCalm(LONG)).as("the next may be on its way").isFalse();
    }

    @Test
    void itIsCalm_whenNothingMovedForLong() {
        Flow flow = new Flow(2);
        assertThat(flow.isCalm(0)).isTrue();
        flow.came();
        flow.ended();
        assertThat(flow.isCalm(LONG)).as("an end lets the next one come").isFalse();
    }

    @Test
    void whoWaits_isToldOfTheLastThatComes() throws Exception {
        Flow flow = new Flow(1);
        CountDownLatch calm = new CountDownLatch(1);
        Thread waiter = new Thread(() -> {
            try {
                flow.awaitCalm(LONG, LONG);
                calm.countDown();
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
            }
        });
        waiter.start();
        flow.came();
        assertThat(calm.await(60, TimeUnit.SECONDS)).isTrue();
        waiter.join();
    }

    @Test
    void whoWaits_waitsNoLongerThanHeWants() throws Exception {
        Flow flow = new Flow(1);
        flow.awaitCalm(LONG, 1);
        assertThat(flow.isCalm(LONG)).isFalse();
    }
}
