package io.goose.it.chaos;

import io.goose.Job;
import io.goose.JobRun;
import io.goose.QueueNames;
import io.goose.broker.jdbc.JdbcBrokerFactory;
import io.goose.se.Goose;
import io.goose.se.GooseBuilder;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.sql.DataSource;

/** How a job and a transaction belong together. */
enum Way {
    /** It is a row of the transaction, on the JDBC broker. */
    JOIN,
    /** It is written into an outbox and relayed to Redis. */
    OUTBOX,
    /** It is done with the work of its body, in one transaction, on the JDBC broker. */
    COMPLETE;

    static final String NOTED = "noted";

    /** The queue of the jobs that are transactions. */
    static final String WHOLE = "whole";

    /** Longer than any of these tests: what becomes of jobs whose lease ends is the matter of others. */
    private static final String LEASE = "PT5M";

    /** Goose that enqueues in transactions and runs nothing. */
    Goose client(DataSource source, String redisUrl) {
        return builder(source, redisUrl).config("goose.worker.enabled", "false").build();
    }

    /**
     * Goose that runs jobs, too.
     *
     * @param ran told of the id of each job that is run
     */
    Goose worker(DataSource source, String redisUrl, Consumer<String> ran) {
        AtomicReference<Goose> self = new AtomicReference<>();
        Supplier<Goose> goose = () -> Objects.requireNonNull(self.get());
        GooseBuilder builder = builder(source, redisUrl)
                .config("goose.worker.lease", LEASE)
                .register(new Jobs(ran, () -> goose.get().currentRun()));
        if (this == COMPLETE) {
            builder.config("goose.worker.queues", QueueNames.DEFAULT + "," + WHOLE)
                    .register(new WholeJobs(source, goose));
        }
        self.set(builder.build());
        return goose.get();
    }

    /** Goose that runs only the jobs that are transactions, and whose jobs are soon free when it dies. */
    Goose mortalWorker(DataSource source, String redisUrl, Duration lease) {
        AtomicReference<Goose> self = new AtomicReference<>();
        Goose goose = builder(source, redisUrl)
                .config("goose.worker.queues", WHOLE)
                .config("goose.worker.lease", lease.toString())
                .config("goose.worker.heartbeat", ChaosEngine.heartbeat(lease).toString())
                .register(new WholeJobs(source, () -> Objects.requireNonNull(self.get())))
                .build();
        self.set(goose);
        return goose;
    }

    private GooseBuilder builder(DataSource source, String redisUrl) {
        GooseBuilder builder = Goose.builder()
                .config("goose.namespace", "chaos")
                .brokerFactory(JdbcBrokerFactory.of(source))
                .transactions(Jta.surrounding());
        return switch (this) {
            case JOIN, COMPLETE -> builder.config("goose.broker.main.kind", "jdbc");
            case OUTBOX ->
                builder.config("goose.brokers", "main,ledger")
                        .config("goose.broker.main.url", redisUrl)
                        .config("goose.broker.main.outbox", "ledger")
                        .config("goose.broker.ledger.kind", "jdbc");
        };
    }

    /** The job. */
    static class Jobs {
        private final Consumer<String> ran;
        private final Supplier<JobRun> run;

        Jobs(Consumer<String> ran, Supplier<JobRun> run) {
            this.ran = ran;
            this.run = run;
        }

        @Job(name = NOTED)
        void noted() {
            ran.accept(run.get().id().value());
        }
    }
}
