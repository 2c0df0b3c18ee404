package io.goose.it.chaos;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.goose.Job;
import io.goose.JobRun;
import io.goose.QueueNames;
import io.goose.RetryLater;
import io.goose.broker.jdbc.JdbcBrokerFactory;
import io.goose.job.BatchState;
import io.goose.se.Goose;
import io.goose.se.GooseBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Goose as these tests use it: a few jobs that note what happens to them. */
final class ChaosEngine {

    static final String COUNTED = "counted";
    static final String HELD = "held";
    static final String KILLER = "killer";
    static final String TICKED = "ticked";
    static final String MEMBER = "member";
    static final String CALLED = "called";
    static final String LIMITED = "limited";

    /** The property with the URL of a PostgreSQL, instead of the URL of a broker. */
    static final String JDBC_URL = "jdbc.url";

    /** More than there are ticks of one entry. */
    static final int MOST_TICKS = 1_000;

    static final String BEGAN = "began";
    static final String FAILED = "failed";
    static final String DONE = "done";
    static final String DETOURED = "detoured";
    static final String LIMITED_BEGAN = "limited-began";
    static final String LIMITED_DONE = "limited-done";
    static final String HELD_BEGAN = "held-began";
    static final String HELD_DONE = "held-done";
    static final int KILLED = 137;

    private static final int LONGEST_MILLIS = 40;
    private static final int LOOK_MILLIS = 20;
    private static final String DATABASE_USER = "goose"; // of the servers that tests start
    private static final int CONNECTIONS = 6; // of each of ten workers

    private ChaosEngine() {}

    /**
     * Goose that only enqueues.
     *
     * @param broker keys under {@code goose.broker.main.}, or whole ones that begin with {@code goose.}
     */
    static Goose client(Map<String, String> broker) {
        return client(broker, null);
    }

    /**
     * The same.
     *
     * @param pool of {@link #pool}
     */
    static Goose client(Map<String, String> broker, @Nullable DataSource pool) {
        return builder(broker, pool).config("goose.worker.enabled", "false").build();
    }

    /** Goose with one worker on the queues {@code default} and {@link Kind#DETOUR}. */
    static Goose worker(
            Map<String, String> broker, @Nullable DataSource pool, int threads, Duration lease, RunLog log) {
        AtomicReference<Goose> self = new AtomicReference<>();
        Goose goose = builder(broker, pool)
                .config("goose.worker.queues", QueueNames.DEFAULT + "," + Kind.DETOUR)
                .config("goose.worker.threads", Integer.toString(threads))
                .config("goose.worker.lease", lease.toString())
                .config("goose.worker.heartbeat", heartbeat(lease).toString())
                .retryDelay(Kind.SOON_NAME, (retries, failure) -> Kind.SOON)
                .register(new Jobs(log, () -> Objects.requireNonNull(self.get()).currentRun()))
                .build();
        self.set(goose);
        return goose;
    }

    /** A number for a state of a batch. */
    static int number(BatchState state) {
        return List.of(BatchState.values()).indexOf(state);
    }

    /** How often a worker with this lease beats: as by default, six times. */
    static Duration heartbeat(Duration lease) {
        return lease.dividedBy(6);
    }

    /** Connections to the database of a broker; null if it has none. */
    static @Nullable HikariDataSource pool(Map<String, String> broker) {
        String url = broker.get(JDBC_URL);
        if (url == null) {
            return null;
        }
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setUsername(DATABASE_USER);
        config.setPassword(DATABASE_USER);
        config.setMaximumPoolSize(CONNECTIONS);
        return new HikariDataSource(config);
    }

    private static GooseBuilder builder(Map<String, String> broker, @Nullable DataSource pool) {
        GooseBuilder builder = Goose.builder().config("goose.namespace", "chaos");
        if (pool != null) {
            builder.brokerFactory(JdbcBrokerFactory.of(pool));
        }
        broker.forEach((key, value) -> {
            if (!key.equals(JDBC_URL)) {
                builder.config(key.startsWith("goose.") ? key : "goose.broker.main." + key, value);
            }
        });
        return builder;
    }

    /** The jobs. */
    static class Jobs {
        private final RunLog log;
        private final Supplier<JobRun> run;

        Jobs(RunLog log, Supplier<JobRun> run) {
            this.log = log;
            this.run = run;
        }

        /** Takes up to 40 ms, then fails or is done as its {@link Kind} says. */
        @Job(name = COUNTED)
        void counted(int number) throws InterruptedException {
            log.note(BEGAN, number);
            Thread.sleep(ThreadLocalRandom.current().nextInt(LONGEST_MILLIS));
            Kind kind = Kind.of(number);
            if (kind.failsFirst() && run.get().attempt() == 1) {
                log.note(FAILED, number);
                throw kind.failure();
            }
            if (run.get().queue().equals(Kind.DETOUR)) {
                log.note(DETOURED, number);
            }
            log.note(DONE, number);
        }

        /** Notes the tick that it is for, as a number of its entry. */
        @Job(name = TICKED)
        void ticked(int entry, long base) {
            long tick = run.get().tick().orElseThrow().getEpochSecond() - base;
            log.note(TICKED, entry * MOST_TICKS + Math.toIntExact(tick));
        }

        /** Of a hundred, five fail at first, and one as long as it was not replayed, until a file is there. */
        @Job(name = MEMBER)
        void member(int number, String file) {
            boolean dies = number % 100 == 7 && !Files.exists(Path.of(file));
            boolean fails = number % 20 == 3 && run.get().attempt() == 1;
            if (dies || fails) {
                throw new RetryLater(Kind.SOON);
            }
        }

        /** What a batch is completed with. */
        @Job(name = CALLED)
        void called(String batch, String status) {
            log.note(CALLED, number(BatchState.of(status)));
        }

        /** Takes so many milliseconds. */
        @Job(name = LIMITED)
        void limited(int number, int millis) throws InterruptedException {
            log.note(LIMITED_BEGAN, number);
            Thread.sleep(millis);
            log.note(LIMITED_DONE, number);
        }

        /** Runs until a file is there. */
        @Job(name = HELD)
        void held(int number, String file) throws InterruptedException {
            log.note(HELD_BEGAN, number);
            Path released = Path.of(file);
            while (!Files.exists(released)) {
                Thread.sleep(LOOK_MILLIS);
            }
            log.note(HELD_DONE, number);
        }

        /** Ends its process. */
        @Job(name = KILLER)
        void killer(int number) {
            log.note(KILLER, number);
            Runtime.getRuntime().halt(KILLED);
        }
    }
}
