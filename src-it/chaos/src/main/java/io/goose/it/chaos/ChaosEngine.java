package io.goose.it.chaos;

import io.goose.Job;
import io.goose.se.Goose;
import io.goose.se.GooseBuilder;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/** Goose as these tests use it: a few jobs that note that they ran, on the Redis broker. */
final class ChaosEngine {

    static final String MARK = "mark";
    static final String SLOW = "slow";
    static final String KILLER = "killer";

    static final String BEGAN = "began";
    static final String ENDED = "ended";
    static final int KILLED = 137;

    private ChaosEngine() {}

    /**
     * Goose that only enqueues.
     *
     * @param broker keys under {@code goose.broker.main.}
     */
    static Goose client(Map<String, String> broker) {
        return builder(broker).config("goose.worker.enabled", "false").build();
    }

    /** Goose with one worker on the queue {@code default}. */
    static Goose worker(Map<String, String> broker, int threads, Duration lease, RunLog log) {
        return builder(broker)
                .config("goose.worker.threads", Integer.toString(threads))
                .config("goose.worker.lease", lease.toString())
                .config("goose.worker.heartbeat", lease.dividedBy(6).toString())
                .register(new Jobs(log))
                .build();
    }

    private static GooseBuilder builder(Map<String, String> broker) {
        GooseBuilder builder = Goose.builder().config("goose.namespace", "chaos");
        broker.forEach((key, value) -> builder.config("goose.broker.main." + key, value));
        return builder;
    }

    /** The jobs. */
    static class Jobs {
        private final RunLog log;

        Jobs(RunLog log) {
            this.log = log;
        }

        /** Notes that it ran after up to 40 ms. */
        @Job(name = MARK)
        void mark(int number) throws InterruptedException {
            Thread.sleep(ThreadLocalRandom.current().nextInt(40));
            log.ran(MARK, number);
        }

        /** Notes that it began, then sleeps, then notes that it ended. */
        @Job(name = SLOW)
        void slow(int number, int millis) throws InterruptedException {
            log.ran(BEGAN, number);
            Thread.sleep(millis);
            log.ran(ENDED, number);
        }

        /** Ends its process. */
        @Job(name = KILLER)
        void killer(int number) {
            log.ran(KILLER, number);
            Runtime.getRuntime().halt(KILLED);
        }
    }
}
