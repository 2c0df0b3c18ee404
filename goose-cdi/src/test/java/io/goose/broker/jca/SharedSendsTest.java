package io.goose.broker.jca;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.JobCall;
import io.goose.broker.memory.MemoryBroker;
import io.goose.engine.Eventually;
import io.goose.engine.TestEngine;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Callers that enqueue at the same time to a broker of the resource adapter. */
@Timeout(180)
final class SharedSendsTest {

    private static final int SENDERS = 2;
    private static final int CALLERS = 20;

    private final AtomicInteger sends = new AtomicInteger();
    private final AtomicInteger mostOpen = new AtomicInteger();
    private final CountDownLatch sending = new CountDownLatch(SENDERS);
    private final CountDownLatch end = new CountDownLatch(1);

    @Test
    void shareRoundTrips_andTwoConnections() throws InterruptedException {
        MemoryBroker behind = MemoryBroker.withClock(InstantSource.system());
        Across across = new Across(behind);
        across.line(call -> {
            if ("send/1".equals(call.get("call"))) {
                sends.incrementAndGet();
                mostOpen.accumulateAndGet(across.open(), Math::max);
                sending.countDown();
                Eventually.await(end);
            }
            return call;
        });
        try (TestEngine engine = TestEngine.on(across.remote())
                .clientOnly()
                .job("a", arguments -> null)
                .start()) {
            List<Thread> first = callers(engine, SENDERS);
            Eventually.await(sending);
            List<Thread> others = callers(engine, CALLERS - SENDERS);
            Eventually.until(
                    "they wait", () -> others.stream().allMatch(thread -> thread.getState() == Thread.State.WAITING));

            end.countDown();
            for (Thread caller : first) {
                caller.join();
            }
            for (Thread caller : others) {
                caller.join();
            }

            assertThat(behind.stats("default").waiting()).isEqualTo(CALLERS);
            assertThat(sends.get()).isLessThanOrEqualTo(2 * SENDERS);
            assertThat(mostOpen.get()).isEqualTo(SENDERS);
        } finally {
            end.countDown();
            behind.close();
        }
    }

    private static List<Thread> callers(TestEngine engine, int count) {
        List<Thread> callers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            Thread caller = new Thread(() -> engine.client().performAsync(JobCall.of("a")), "caller");
            caller.start();
            callers.add(caller);
        }
        return callers;
    }
}
