package io.goose.it.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.BrokerUnavailableException;
import io.goose.job.JobId;
import io.goose.job.QueuedJob;
import io.goose.spi.Broker;
import io.goose.spi.BrokerSettings;
import io.goose.spi.Lease;
import io.goose.spi.Outcome;
import io.goose.spi.SendResult;
import io.goose.spi.Session;
import io.goose.spi.SessionSpec;
import io.goose.spi.Settlement;
import io.goose.tck.TestJobs;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;

/** The verbs of tests that disturb a Redis of their own. */
abstract class FaultTest {

    static final String QUEUE = "mail";

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Deque<AutoCloseable> closing = new ArrayDeque<>();

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable one : closing) {
            one.close();
        }
    }

    final <T extends AutoCloseable> T later(T resource) {
        closing.push(resource);
        return resource;
    }

    /** A broker with short times, so that tests need not wait long, but such as a busy machine keeps. */
    final Broker broker(Map<String, String> properties) {
        Map<String, String> all =
                new HashMap<>(Map.of("timeout", "PT3S", "connect-timeout", "PT3S", "send-timeout", "PT6S"));
        all.putAll(properties);
        return later(RedisUnderTest.connect(
                new BrokerSettings("main", "tck", all, Duration.ofHours(1), RedisUnderTest.STANDARD_DEAD)));
    }

    final Broker brokerAt(String host, int port) {
        return broker(Map.of("url", "redis://" + host + ":" + port));
    }

    final Session open(Broker broker) {
        return open(broker, Duration.ofSeconds(30));
    }

    final Session open(Broker broker, Duration lease) {
        return broker.open(
                new SessionSpec(List.of(QUEUE), 5, 5, Set.of(), lease, Duration.ofMillis(200), "fault-test"));
    }

    static List<SendResult> send(Broker broker, List<QueuedJob> jobs) {
        return broker.send(jobs).toCompletableFuture().join();
    }

    /** Sends jobs that must all be accepted. */
    static List<JobId> sendSome(Broker broker, int count) {
        List<QueuedJob> jobs = TestJobs.jobs(QUEUE, count);
        assertThat(send(broker, jobs)).allMatch(SendResult.Accepted.class::isInstance);
        return TestJobs.ids(jobs);
    }

    static SendResult sendOne(Broker broker) {
        return send(broker, List.of(TestJobs.job(QUEUE))).get(0);
    }

    static List<Lease> lease(Session session, int max) {
        return lease(session, QUEUE, max);
    }

    private static List<Lease> lease(Session session, String queue, int max) {
        return session.lease(queue, max, 64L << 20).leases();
    }

    static List<Settlement> done(List<Lease> leases) {
        return leases.stream()
                .map(lease -> Settlement.of(lease, Outcome.Done.INSTANCE))
                .toList();
    }

    /** Leases and completes until nothing is ready, as often as it takes. */
    static List<JobId> drain(Session session) {
        return drain(session, QUEUE);
    }

    static List<JobId> drain(Session session, String queue) {
        List<JobId> ran = new ArrayList<>();
        for (List<Lease> leases = persistently(() -> lease(session, queue, 100));
                !leases.isEmpty();
                leases = persistently(() -> lease(session, queue, 100))) {
            leases.forEach(lease -> ran.add(lease.job().id()));
            List<Settlement> settlements = done(leases);
            persistently(() -> session.settle(settlements));
        }
        return ran;
    }

    /** Calls again while the broker is away, as the engine does. */
    static <T> T persistently(Supplier<T> call) {
        long start = System.nanoTime();
        while (true) {
            try {
                return call.get();
            } catch (BrokerUnavailableException away) {
                assertThat(away).hasMessageStartingWith("GOOSE-30");
                if (System.nanoTime() - start > PATIENCE.toNanos()) {
                    throw away;
                }
                pause(20);
            }
        }
    }

    /** Waits for what a server or another thread comes to; fails if it never does. */
    static void eventually(String what, BooleanSupplier condition) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - start > PATIENCE.toNanos()) {
                throw new AssertionError("not within " + PATIENCE + ": " + what);
            }
            pause(5);
        }
    }

    static void pause(long millis) {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", interrupted);
        }
    }
}
