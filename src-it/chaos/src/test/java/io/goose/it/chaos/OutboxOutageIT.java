package io.goose.it.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.JobCall;
import io.goose.it.server.Fsync;
import io.goose.it.server.Redis;
import io.goose.it.server.RedisServer;
import io.goose.se.Goose;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** An application goes on while its broker is away. */
class OutboxOutageIT extends TransactionsBase {

    private static final int TRANSACTIONS = Integer.getInteger("chaos.transactions", 1_500);
    private static final int CALLERS = 4;
    private static final int ROLLED_BACK = 10;

    /** What a caller does between two transactions; so the outage lasts for a while. */
    private static final Duration THINK = Duration.ofMillis(10);

    /** How long after the broker is back all jobs are done at the latest: the relay and the workers look every few seconds. */
    private static final Duration BOUND = Duration.ofSeconds(60);

    private static final Duration ALL_COMMITTED = Duration.ofSeconds(90 + TRANSACTIONS / 50);

    private final AtomicInteger begun = new AtomicInteger();
    private final AtomicInteger committed = new AtomicInteger();
    private final AtomicInteger rolledBack = new AtomicInteger();
    private final List<Future<?>> ends = new ArrayList<>();
    private final AtomicLong longestNanos = new AtomicLong();

    @Test
    @DisplayName(
            "Redis is away for the middle third of the transactions: all succeed, and each job runs once when it is back")
    void redisIsKilledForTheMiddleThird_noTransactionFailsAndEachJobRunsOnce() throws Exception {
        RedisServer redis = closeLater(
                Redis.version("7.0").server().appendOnly(Fsync.ALWAYS).start());
        Goose goose = closeLater(Way.OUTBOX.worker(source, redis.url().toString(), this::noteRun));
        goose.start();
        ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
        closeLater(callers::shutdownNow);
        for (int i = 0; i < CALLERS; i++) {
            ends.add(callers.submit(() -> transactions(goose)));
        }

        awaitCommitted(TRANSACTIONS / 3);
        redis.kill();
        long gone = System.nanoTime();
        int atKill = committed.get();
        awaitCommitted(atKill + TRANSACTIONS / 3);
        int atStart = committed.get();
        Duration away = Duration.ofNanos(System.nanoTime() - gone);
        long kept = inOutbox();
        int ranAtStart = ran.size();
        redis.start();
        long back = System.nanoTime();
        for (Future<?> end : ends) {
            end.get(ALL_COMMITTED.toMillis(), TimeUnit.MILLISECONDS);
        }
        Duration busy = Duration.ofNanos(System.nanoTime() - back);
        awaitNothingLeft(goose, Way.OUTBOX, BOUND);
        Duration drained = Duration.ofNanos(System.nanoTime() - back);

        report(
                "outbox",
                ("%d transactions committed, %d rolled back, none failed; Redis away for %d of them and %d ms, %d jobs in the outbox then;"
                                + " all run once, the last %d ms after Redis was back, %d ms after the last commit;"
                                + " the longest transaction took %d ms")
                        .formatted(
                                committed.get(),
                                rolledBack.get(),
                                atStart - atKill,
                                away.toMillis(),
                                kept,
                                drained.toMillis(),
                                drained.minus(busy).toMillis(),
                                TimeUnit.NANOSECONDS.toMillis(longestNanos.get())));
        assertThat(committed).hasValue(TRANSACTIONS);
        assertThat(rolledBack.get()).isGreaterThanOrEqualTo(TRANSACTIONS / ROLLED_BACK);
        assertThat(atStart - atKill).as("transactions during the outage").isGreaterThan(TRANSACTIONS / 4);
        assertThat(kept).as("jobs kept at the end of the outage").isGreaterThanOrEqualTo(atStart - atKill);
        assertThat(ranAtStart).as("jobs run before the outage").isPositive();
        assertThat(assertCommittedJobsRanOnce()).hasSize(TRANSACTIONS);
    }

    private void awaitCommitted(int count) throws Exception {
        await(count + " transactions have committed", ALL_COMMITTED, () -> {
            for (Future<?> end : ends) {
                if (end.isDone()) {
                    end.get(); // fails as the first transaction that failed
                }
            }
            return committed.get() >= count;
        });
    }

    private Void transactions(Goose goose) throws Exception {
        for (int number = begun.getAndIncrement(); number < TRANSACTIONS; number = begun.getAndIncrement()) {
            Thread.sleep(THINK.toMillis());
            long start = System.nanoTime();
            Jta.required(() -> enqueue(goose));
            longestNanos.accumulateAndGet(System.nanoTime() - start, Math::max);
            committed.incrementAndGet();
            if (number % ROLLED_BACK == 0) {
                rollBack(goose);
            }
        }
        return null;
    }

    private void rollBack(Goose goose) throws Exception {
        Jta.MANAGER.begin();
        try {
            enqueue(goose);
        } finally {
            Jta.MANAGER.rollback();
        }
        rolledBack.incrementAndGet();
    }

    private void enqueue(Goose goose) throws Exception {
        Business.write(
                source, goose.client().performAsync(JobCall.of(Way.NOTED)).value());
    }
}
