package io.goose.engine.metric;

import io.goose.engine.observe.Claimed;
import io.goose.engine.observe.Ending;
import io.goose.engine.observe.Enqueuing;
import io.goose.engine.observe.Latency;
import io.goose.engine.observe.NotEnqueued;
import io.goose.engine.observe.Reading;
import io.goose.engine.observe.RunEnd;
import io.goose.engine.observe.Settled;
import io.goose.job.BatchStatus;
import io.goose.job.QueuedJob;
import io.goose.spi.Metric;
import io.goose.spi.MetricsSink;
import io.goose.spi.Sweep;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Makes measurements of what the engine tells. Times and sizes go to the sink at once; what is counted is added up until {@link
 * #takeCounted}, so that a busy worker does not count each run for itself. Confined to a sink's thread.
 */
final class Measuring {

    private final MetricsSink sink;
    private final Bounded queues = new Bounded();
    private final Bounded handlers = new Bounded();
    private final Bounded hosts = new Bounded();
    private final Map<OfRun, Runs> runs = new HashMap<>(); // as many as these allow
    private final List<Runs> busy = new ArrayList<>(); // kinds of runs that have something to be taken
    private Map<Counted, Long> counts = new LinkedHashMap<>();

    /** What a number belongs to. */
    record Counted(Metric metric, Map<String, String> tags) {}

    private record OfRun(String broker, String queue, String handler) {}

    /** Runs of jobs of one kind. Each run counts here, for a number in a map costs several times as much. */
    private static final class Runs {
        private final Map<String, String> tags;
        private long processed;
        private long succeeded;
        private long failed;
        private long died;

        private Runs(Map<String, String> tags) {
            this.tags = tags;
        }

        private void ended(Ending ending) {
            processed++;
            if (ending == Ending.DONE) {
                succeeded++;
            } else if (ending.isFailure()) {
                failed++;
            }
            if (ending == Ending.DEAD) {
                died++;
            }
        }

        private void clear() {
            processed = 0;
            succeeded = 0;
            failed = 0;
            died = 0;
        }
    }

    Measuring(MetricsSink sink) {
        this.sink = sink;
    }

    /** What is left of an {@link Enqueuing} while it waits for the sink: not its jobs, which may be large. */
    record Enqueued(String broker, Map<Kind, Integer> counts, Duration took) {

        record Kind(String queue, String handler) {}

        static Enqueued of(Enqueuing told) {
            Map<Kind, Integer> counts = new HashMap<>();
            for (QueuedJob job : told.jobs()) {
                counts.merge(new Kind(job.queue(), Enqueuing.handler(job)), 1, Integer::sum);
            }
            return new Enqueued(told.broker(), counts, told.took());
        }
    }

    void enqueued(Enqueued told) {
        told.counts()
                .forEach((kind, count) ->
                        count(Metric.ENQUEUED, tags(told.broker(), kind.queue(), kind.handler()), count));
        sink.time(Metric.ENQUEUE_TIME, tags(told.broker()), told.took());
    }

    void notEnqueued(NotEnqueued told) {
        String kind = told.kind().name().toLowerCase(Locale.ROOT);
        count(
                Metric.ENQUEUE_FAILED,
                Map.of("broker", told.broker(), "handler", handlers.of(told.handler()), "kind", kind),
                1);
    }

    /** What is left of a {@link RunEnd} while it waits for the sink: neither its job nor its failure. */
    record Ran(String broker, String queue, String handler, Latency latency, Ending ending, Duration took) {

        static Ran of(RunEnd end) {
            return new Ran(
                    end.begin().broker(),
                    end.begin().run().queue(),
                    end.begin().run().handler(),
                    end.begin().latency(),
                    end.ending(),
                    end.took());
        }
    }

    void runEnded(Ran end) {
        Runs kind = runs(end.broker(), end.queue(), end.handler());
        if (kind.processed == 0) {
            busy.add(kind);
        }
        kind.ended(end.ending());
        Latency latency = end.latency();
        Duration late = latency.time();
        if (late != null && !late.isZero()) {
            sink.time(metric(latency.kind()), kind.tags, late);
        }
        sink.time(Metric.EXECUTION_TIME, kind.tags, end.took());
    }

    private static Metric metric(Latency.Kind kind) {
        return switch (kind) {
            case ASYNC -> Metric.LATENCY;
            case SCHEDULED -> Metric.SCHEDULED_LATENCY;
            case CRON -> Metric.CRON_LATENCY;
            case RETRY -> Metric.RETRY_LATENCY;
        };
    }

    /** Of its handler nothing is said: it may be anything that somebody wrote into a queue. */
    void parked(String broker, String queue) {
        count(Metric.PARKED, tags(broker, queue), 1);
    }

    void claimed(Claimed claim) {
        sink.time(Metric.CLAIM_TIME, tags(claim.broker()), claim.took());
        count(Metric.CLAIMED, tags(claim.broker(), claim.queue()), claim.jobs());
    }

    void settled(Settled batch) {
        Map<String, String> tags = tags(batch.broker());
        sink.time(Metric.SETTLE_TIME, tags, batch.took());
        count(Metric.SETTLED, tags, batch.outcomes());
        count(Metric.STALE, tags, batch.stale());
    }

    void beat(String broker, Duration took) {
        sink.time(Metric.BEAT_TIME, tags(broker), took);
        sink.gauge(Metric.BROKER_UP, tags(broker), 1);
    }

    void swept(String broker, Sweep sweep) {
        count(
                Metric.RECOVERED,
                tags(broker),
                sweep.rescued().size() + sweep.suspects().size());
        count(Metric.QUARANTINED, tags(broker), sweep.suspects().size());
        count(Metric.POISONED, tags(broker), sweep.buried().size());
    }

    void relayed(String broker, Duration lag) {
        sink.time(Metric.RELAY_LAG, tags(broker), lag);
    }

    void leasesLost(String broker, int count) {
        count(Metric.LEASES_LOST, tags(broker), count);
    }

    void brokerLost(String broker) {
        sink.gauge(Metric.BROKER_UP, tags(broker), 0);
    }

    void batchCompleted(String broker, BatchStatus batch) {
        Map<String, String> tags = tags(broker, batch.queue());
        switch (batch.state()) {
            case SUCCESS -> count(Metric.BATCH_SUCCESS, tags, 1);
            case DEAD -> count(Metric.BATCH_DEAD, tags, 1);
            case PARTIAL_SUCCESS -> count(Metric.BATCH_PARTIAL, tags, 1);
            case CANCELLED -> count(Metric.BATCH_CANCELLED, tags, 1);
            case IN_PROGRESS -> {
                return;
            }
        }
        Instant completed = batch.completed();
        if (completed != null) {
            sink.time(Metric.BATCH_TIME, tags, Duration.between(batch.created(), completed));
        }
    }

    void measured(List<Reading> values) {
        for (Reading each : values) {
            String queue = each.tags().get("queue");
            String host = each.tags().get("host");
            if ((queue == null || queues.admits(queue)) && (host == null || hosts.admits(host))) {
                sink.gauge(each.metric(), each.tags(), each.value());
            }
        }
    }

    private void count(Metric metric, Map<String, String> tags, long more) {
        if (more > 0) {
            counts.merge(new Counted(metric, tags), more, Long::sum);
        }
    }

    /** What was counted since this was called last. */
    Map<Counted, Long> takeCounted() {
        for (Runs kind : busy) {
            count(Metric.PROCESSED, kind.tags, kind.processed);
            count(Metric.SUCCEEDED, kind.tags, kind.succeeded);
            count(Metric.FAILED, kind.tags, kind.failed);
            count(Metric.DIED, kind.tags, kind.died);
            kind.clear();
        }
        busy.clear();
        if (counts.isEmpty()) {
            return Map.of();
        }
        Map<Counted, Long> taken = counts;
        counts = new LinkedHashMap<>();
        return taken;
    }

    private static Map<String, String> tags(String broker) {
        return Map.of("broker", broker);
    }

    private Map<String, String> tags(String broker, String queue) {
        return Map.of("broker", broker, "queue", queues.of(queue));
    }

    private Map<String, String> tags(String broker, String queue, String handler) {
        return runs(broker, queue, handler).tags;
    }

    private Runs runs(String broker, String queue, String handler) {
        return runs.computeIfAbsent(
                new OfRun(broker, queues.of(queue), handlers.of(handler)),
                run -> new Runs(Map.of("broker", run.broker(), "queue", run.queue(), "handler", run.handler())));
    }
}
