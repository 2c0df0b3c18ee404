package io.goose.it.bench;

import io.goose.Job;
import io.goose.JobCall;
import io.goose.admin.Limit;
import io.goose.admin.LimitScope;
import io.goose.broker.jdbc.JdbcBrokerFactory;
import io.goose.se.Goose;
import io.goose.se.GooseBuilder;
import io.goose.spi.SurroundingTransaction;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Goose with its defaults but for the number of threads, as an application would use it. */
final class GooseUnderTest implements AutoCloseable {

    private static final String QUEUE = "default";

    private final Goose goose;
    private final int threads;
    private volatile @Nullable CountDownLatch done;
    private volatile @Nullable Pickups pickups;

    /** Gets the time a job was started, for its number. */
    @FunctionalInterface
    interface Pickups {
        void startedAt(int number, long nanos);
    }

    private GooseUnderTest(GooseBuilder builder, int threads) {
        this(builder, threads, "bench");
    }

    private GooseUnderTest(GooseBuilder builder, int threads, String namespace) {
        this.threads = threads;
        this.goose = builder.config("goose.namespace", namespace)
                .config("goose.worker.threads", Integer.toString(threads))
                .register(new Jobs(this))
                .build();
    }

    static GooseUnderTest onRedis(String url, int threads) {
        return new GooseUnderTest(Goose.builder().config("goose.broker.main.url", url), threads);
    }

    /** Beside others on the same Redis, set up further by the caller. */
    static GooseUnderTest onRedis(String url, int threads, String namespace, GooseBuilder builder) {
        return new GooseUnderTest(builder.config("goose.broker.main.url", url), threads, namespace);
    }

    /** On RabbitMQ alone. */
    static GooseUnderTest onRabbit(String uri, String queueType, int threads) {
        return new GooseUnderTest(
                Goose.builder().config("goose.broker.main.url", uri).config("goose.broker.main.queue-type", queueType),
                threads);
    }

    /** On RabbitMQ with a ledger in the database, for what needs one: plain jobs do not. */
    static GooseUnderTest onRabbit(String uri, String queueType, DataSource ledger, int threads) {
        return new GooseUnderTest(
                Goose.builder()
                        .brokerFactory(JdbcBrokerFactory.of(ledger))
                        .config("goose.broker.main.url", uri)
                        .config("goose.broker.main.queue-type", queueType)
                        .config("goose.brokers", "main,books")
                        .config("goose.broker.main.ledger", "books")
                        .config("goose.broker.books.kind", "jdbc"),
                threads);
    }

    static GooseUnderTest onDatabase(DataSource source, int threads) {
        return new GooseUnderTest(onDatabase(source), threads);
    }

    /** One that only enqueues, as another process than the worker's does, in the caller's transactions. */
    static GooseUnderTest enqueuingOnly(DataSource source, SurroundingTransaction transactions) {
        return new GooseUnderTest(
                onDatabase(source).transactions(transactions).config("goose.worker.enabled", "false"), 1);
    }

    private static GooseBuilder onDatabase(DataSource source) {
        return Goose.builder().brokerFactory(JdbcBrokerFactory.of(source)).config("goose.broker.main.kind", "jdbc");
    }

    /** The jobs: one that does nothing, one that tells when it was started. */
    static class Jobs {
        private final GooseUnderTest bench;

        Jobs(GooseUnderTest bench) {
            this.bench = bench;
        }

        @Job
        void noop(String text, int number) {
            CountDownLatch latch = bench.done;
            if (latch != null) {
                latch.countDown();
            }
        }

        @Job
        void clock(String text, int number) {
            Pickups told = bench.pickups;
            if (told != null) {
                told.startedAt(number, System.nanoTime());
            }
        }
    }

    void enqueueAlone(int jobs) {
        for (int i = 0; i < jobs; i++) {
            goose.client().performAsync(Jobs::noop, "hello", i);
        }
    }

    void enqueueTogether(int jobs) throws Exception {
        Threads.run(threads, i -> () -> enqueueAlone(Threads.share(jobs, threads, i)));
    }

    void enqueueInBulk(int jobs) {
        List<JobCall> calls = new ArrayList<>(jobs);
        for (int i = 0; i < jobs; i++) {
            calls.add(JobCall.of(Jobs::noop, "hello", i));
        }
        goose.client().performAll(calls);
    }

    /** Runs what waits; the engine's start and stop are outside. */
    void execute(int jobs) throws InterruptedException {
        CountDownLatch latch = new CountDownLatch(jobs);
        done = latch;
        goose.admin().resume(QUEUE);
        if (!latch.await(5, TimeUnit.MINUTES)) {
            throw new IllegalStateException(latch.getCount() + " of " + jobs + " jobs have not run after 5 minutes: "
                    + goose.admin().stats(QUEUE));
        }
    }

    void pause() {
        goose.admin().pause(QUEUE);
    }

    /** Sets the limit of each key in another queue than the one that is measured; null removes it. */
    void limit(String queue, @Nullable Limit limit) {
        if (limit == null) {
            goose.limitAdmin().remove(queue, LimitScope.eachKey());
        } else {
            goose.limitAdmin().set(queue, LimitScope.eachKey(), limit);
        }
    }

    void start() {
        goose.start();
    }

    void enqueueOne() {
        goose.client().performAsync(Jobs::noop, "hello", 1);
    }

    /** Enqueues one job each 20 ms, 50 a second, and notes how long it took until its method was called. */
    double[] latencies(int jobs) throws InterruptedException {
        return latencies(jobs, this);
    }

    /** The same with jobs that another one enqueues. */
    double[] latencies(int jobs, GooseUnderTest sender) throws InterruptedException {
        long[] sent = new long[jobs];
        double[] millis = new double[jobs];
        CountDownLatch all = new CountDownLatch(jobs);
        pickups = (number, nanos) -> {
            millis[number] = (nanos - sent[number]) / 1e6;
            all.countDown();
        };
        goose.admin().resume(QUEUE);
        long begun = System.nanoTime();
        for (int i = 0; i < jobs; i++) {
            long due = begun + i * 20_000_000L;
            while (System.nanoTime() < due) {
                Thread.sleep(Math.max(0, (due - System.nanoTime()) / 1_000_000));
            }
            sent[i] = System.nanoTime();
            sender.goose.client().performAsync(Jobs::clock, "hello", i);
        }
        all.await();
        return millis;
    }

    /**
     * Enqueues jobs for one moment, from several threads, and waits until all have begun.
     *
     * @return how many milliseconds after that moment each began
     */
    double[] lateness(int jobs, Instant due) throws Exception {
        long dueNanos = System.nanoTime() + Duration.between(Instant.now(), due).toNanos();
        double[] millis = new double[jobs];
        CountDownLatch all = new CountDownLatch(jobs);
        pickups = (number, nanos) -> {
            millis[number] = (nanos - dueNanos) / 1e6;
            all.countDown();
        };
        Threads.run(threads, thread -> () -> {
            for (int i = thread; i < jobs; i += threads) {
                goose.client().performAt(due, Jobs::clock, "hello", i);
            }
        });
        all.await();
        return millis;
    }

    @Override
    public void close() {
        goose.close();
    }
}
