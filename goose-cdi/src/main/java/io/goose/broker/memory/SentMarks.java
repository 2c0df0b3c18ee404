package io.goose.broker.memory;

import io.goose.job.QueuedJob;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Which sendings, known by queue, id and moves, were accepted from elsewhere within the dedupe retention: an effect or a
 * retry that is delivered again is known even when its job has finished. Guarded by the store's lock.
 */
final class SentMarks {

    private final Duration retention;

    /** In the order of acceptance, so that the oldest are at the head. */
    private final Map<Mark, Instant> accepted = new LinkedHashMap<>();

    private record Mark(String queue, String id, int moves) {}

    SentMarks(Duration retention) {
        this.retention = retention;
    }

    /** Remembers this sending; returns whether it is new. */
    boolean add(QueuedJob job, Instant now) {
        for (Iterator<Instant> times = accepted.values().iterator(); times.hasNext(); ) {
            if (times.next().plus(retention).isAfter(now)) {
                break;
            }
            times.remove();
        }
        return accepted.putIfAbsent(
                        new Mark(job.queue(), job.id().value(), job.state().moves()), now)
                == null;
    }
}
