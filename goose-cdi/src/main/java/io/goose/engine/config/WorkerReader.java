package io.goose.engine.config;

import io.goose.QueueNames;
import io.goose.engine.worker.WorkerSettings;
import io.goose.engine.worker.WorkerSettings.Order;
import io.goose.engine.worker.WorkerSettings.Times;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Reads how workers work: {@code goose.worker.*}, and {@code goose.broker.<name>.worker.*} for brokers that have one. */
final class WorkerReader {

    private static final int MAX_THREADS = 1_000;
    private static final int MAX_WEIGHT = 1_000;
    private static final int LEASE_IN_HEARTBEATS = 3; // two beats may be late or lost before a lease is in danger

    private final SettingsReader values;
    private final Times times;
    private final Order order;

    WorkerReader(SettingsReader values) {
        this.values = values;
        this.times = times();
        this.order = Order.valueOf(values.choice(Keys.WORKER_ORDER, "weighted", List.of("weighted", "strict"))
                .toUpperCase(Locale.ROOT));
    }

    private Times times() {
        Times otherwise = Times.DEFAULT;
        Duration heartbeat = values.duration(
                Keys.WORKER_HEARTBEAT, otherwise.heartbeat(), Duration.ofMillis(100), Duration.ofMinutes(5));
        Duration lease =
                values.duration(Keys.WORKER_LEASE, otherwise.lease(), Duration.ofMillis(300), Duration.ofHours(1));
        if (lease.compareTo(heartbeat.multipliedBy(LEASE_IN_HEARTBEATS)) < 0) {
            values.problem("GOOSE-2011: " + Keys.WORKER_LEASE + "=" + lease + " is too short for "
                    + Keys.WORKER_HEARTBEAT + "=" + heartbeat
                    + ": a worker that misses a beat would lose its jobs; set "
                    + Keys.WORKER_LEASE + " to " + heartbeat.multipliedBy(LEASE_IN_HEARTBEATS) + " or more, or "
                    + Keys.WORKER_HEARTBEAT + " to " + lease.dividedBy(LEASE_IN_HEARTBEATS) + " or less");
        }
        return new Times(
                values.duration(
                        Keys.WORKER_LOOKAHEAD, otherwise.lookahead(), Duration.ofMillis(1), Duration.ofSeconds(10)),
                values.duration(Keys.WORKER_GRACE, otherwise.grace(), Duration.ZERO, Duration.ofHours(1)),
                heartbeat,
                lease,
                values.duration(
                        Keys.UNKNOWN_PATIENCE,
                        otherwise.unknownPatience(),
                        Duration.ofSeconds(1),
                        Duration.ofDays(30)));
    }

    /** How often each worker beats. */
    Duration heartbeat() {
        return times.heartbeat();
    }

    /** The worker that the keys describe. */
    WorkerSettings read(String queuesKey, String threadsKey) {
        Map<String, Integer> queues = queues(queuesKey);
        int threads = values.number(threadsKey, WorkerSettings.DEFAULT.threads(), 1, MAX_THREADS);
        return new WorkerSettings(queues.isEmpty() ? WorkerSettings.DEFAULT.queues() : queues, order, threads, times);
    }

    private Map<String, Integer> queues(String key) {
        Map<String, Integer> queues = new LinkedHashMap<>();
        String text = values.text(key).orElse(QueueNames.DEFAULT);
        for (String entry : text.split(",", -1)) {
            String[] parts = entry.strip().split(":", -1);
            String name = parts[0].strip();
            String wrong = QueueNames.problem(name).orElse(null);
            if (parts.length > 2) {
                values.problem("GOOSE-2012: " + key + "=" + text + " has the entry '" + entry.strip()
                        + "'; write queue:weight, or the queue alone for weight 1");
            } else if (wrong != null) {
                values.problem("GOOSE-2012: " + key + "=" + text + " has the entry '" + entry.strip()
                        + "', which is no queue name: " + wrong);
            } else if (queues.put(name, weight(key, text, parts)) != null) {
                values.problem(
                        "GOOSE-2013: " + key + "=" + text + " names queue '" + name + "' twice; keep one of them");
            }
        }
        return queues;
    }

    private int weight(String key, String text, String[] parts) {
        String weight = parts.length == 1 ? "1" : parts[1].strip();
        if (weight.matches("\\d{1,4}")) {
            int value = Integer.parseInt(weight);
            if (value >= 1 && value <= MAX_WEIGHT) {
                return value;
            }
        }
        values.problem("GOOSE-2012: " + key + "=" + text + " gives queue '" + parts[0].strip() + "' the weight '"
                + weight + "'; write a whole number of 1 … " + MAX_WEIGHT);
        return 1;
    }
}
