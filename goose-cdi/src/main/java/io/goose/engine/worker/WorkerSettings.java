package io.goose.engine.worker;

import io.goose.QueueNames;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * How a worker works.
 *
 * @param queues the queues it serves, with their weights (at least 1), in the order of strictness
 * @param order how it chooses among them
 * @param threads how many jobs it runs at a time
 * @param times its intervals
 */
public record WorkerSettings(Map<String, Integer> queues, Order order, int threads, Times times) {

    /** How a worker chooses among its queues. */
    public enum Order {
        /** In proportion to their weights. */
        WEIGHTED,
        /** A queue is looked at only when those before it are empty. */
        STRICT
    }

    /**
     * The intervals of a worker.
     *
     * @param lookahead how much work, in observed job time, it leases ahead of its free threads
     * @param grace how long a stop waits for running jobs
     * @param heartbeat how often it tells the broker that it lives
     * @param lease how long its leases live without a heartbeat
     * @param unknownPatience how long a job that no live worker knows is offered before it is parked
     */
    public record Times(
            Duration lookahead, Duration grace, Duration heartbeat, Duration lease, Duration unknownPatience) {
        public static final Times DEFAULT = new Times(
                Duration.ofMillis(20),
                Duration.ofSeconds(20),
                Duration.ofSeconds(5),
                Duration.ofSeconds(30),
                Duration.ofHours(1));
    }

    /** Five threads on the queue {@code default}. */
    public static final WorkerSettings DEFAULT =
            new WorkerSettings(Map.of(QueueNames.DEFAULT, 1), Order.WEIGHTED, 5, Times.DEFAULT);

    public WorkerSettings {
        queues = Collections.unmodifiableMap(new LinkedHashMap<>(queues));
        Objects.requireNonNull(order, "order");
        Objects.requireNonNull(times, "times");
        if (queues.isEmpty() || threads < 1 || queues.values().stream().anyMatch(w -> w < 1)) {
            throw new IllegalArgumentException("a worker needs a queue, weights >= 1 and threads >= 1, had " + queues
                    + " and " + threads + " threads");
        }
    }
}
