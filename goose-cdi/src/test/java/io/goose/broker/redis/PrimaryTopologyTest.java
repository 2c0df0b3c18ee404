package io.goose.broker.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.broker.redis.RedisFault.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The search for the primary, with a locator that finds none. */
class PrimaryTopologyTest {

    private final AtomicInteger searches = new AtomicInteger();
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch end = new CountDownLatch(1);
    private final List<RedisFault> faults = new CopyOnWriteArrayList<>();

    private final PrimaryTopology topology = new PrimaryTopology(
            () -> {
                searches.incrementAndGet();
                begun.countDown();
                try {
                    end.await();
                } catch (InterruptedException interrupted) {
                    Thread.currentThread().interrupt();
                }
                throw new RedisFault(Kind.UNREACHABLE, "no Sentinel answers", null);
            },
            address -> {
                throw new AssertionError("nothing was found");
            });

    private Thread search() {
        Thread thread = new Thread(() -> {
            try {
                topology.nodeFor(new byte[0]);
            } catch (RedisFault fault) {
                faults.add(fault);
            }
        });
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    @Test
    void whoWaitsForASearch_sharesItsFailure_andTheNextSearchesAnew() throws Exception {
        List<Thread> all = new ArrayList<>(List.of(search()));
        begun.await();
        for (int i = 0; i < 5; i++) {
            Thread waiting = search();
            all.add(waiting);
            while (waiting.getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
            }
        }
        end.countDown();
        for (Thread one : all) {
            one.join();
        }

        assertThat(searches).hasValue(1);
        assertThat(faults)
                .hasSize(6)
                .allMatch(fault -> fault.kind() == Kind.UNREACHABLE)
                .allMatch(fault -> "no Sentinel answers".equals(fault.getMessage()));
        search().join();
        assertThat(searches).hasValue(2);
    }
}
