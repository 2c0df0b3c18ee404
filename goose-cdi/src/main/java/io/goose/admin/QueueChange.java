package io.goose.admin;

import io.goose.job.JobId;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Somebody changed what waits, or a broker let go of dead jobs: for an audit. Fired as a CDI event, synchronously on the thread that
 * made the change and after it, and given to each {@link QueueChangeListener}. What changed nothing is no event. Immutable.
 *
 * @param kind what was done
 * @param broker the name of the broker
 * @param queue the queue
 * @param place where the jobs were; null for {@link Kind#PAUSED} and {@link Kind#RESUMED}, and where it was not asked
 * @param ids the jobs; empty where they are not told one by one, as of a purge
 * @param count how many jobs
 * @param by who did it, as given to {@link QueueAdmin#by}; null if that is not known
 * @param at when, by this host's clock
 * @since 0.1
 */
public record QueueChange(
        Kind kind,
        String broker,
        String queue,
        @Nullable Place place,
        List<JobId> ids,
        long count,
        @Nullable String by,
        Instant at) {

    /** What was done. */
    public enum Kind {
        DELETED,
        PRIORITISED,
        REPLAYED,
        /** The oldest dead job was taken out. */
        POPPED,
        /** A place of a queue was emptied, or of dead jobs those up to a time. */
        PURGED,
        /** The broker let go of dead jobs that were too many or too old; nobody asked it to. */
        EVICTED,
        PAUSED,
        RESUMED
    }

    public QueueChange {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(broker, "broker");
        Objects.requireNonNull(queue, "queue");
        ids = List.copyOf(ids);
        Objects.requireNonNull(at, "at");
    }
}
