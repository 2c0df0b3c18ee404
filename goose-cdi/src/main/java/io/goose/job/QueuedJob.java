package io.goose.job;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A job as a broker sees it: an opaque envelope and the record beside it, in a queue.
 *
 * @param queue the queue it is in or goes to; after a retry on another queue this is not the envelope's
 * @param id the job's id, the same as in the envelope
 * @param envelope the bytes written at enqueue
 * @param state what changes
 * @param marked whether the broker keeps a dedupe mark for it, so that sending it again is known as such even after it was
 *     run: for jobs whose id the caller chose. Only a send looks at this
 * @param unique the key that it must be the only one to have; null for none. Only a send looks at this, and it needs the
 *     capability {@code UNIQUE}
 * @since 0.1
 */
public record QueuedJob(
        String queue,
        JobId id,
        EncodedEnvelope envelope,
        DeliveryState state,
        boolean marked,
        @Nullable UniqueKey unique) {

    public QueuedJob {
        Objects.requireNonNull(queue, "queue");
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(envelope, "envelope");
        Objects.requireNonNull(state, "state");
    }

    /** A job that need not be unique. */
    public QueuedJob(String queue, JobId id, EncodedEnvelope envelope, DeliveryState state, boolean marked) {
        this(queue, id, envelope, state, marked, null);
    }

    /** A job without a dedupe mark. */
    public QueuedJob(String queue, JobId id, EncodedEnvelope envelope, DeliveryState state) {
        this(queue, id, envelope, state, false, null);
    }

    public QueuedJob withState(DeliveryState newState) {
        return new QueuedJob(queue, id, envelope, newState, marked, unique);
    }

    /** The same job with the key that it must be the only one to have; null for none. */
    public QueuedJob withUnique(@Nullable UniqueKey key) {
        return new QueuedJob(queue, id, envelope, state, marked, key);
    }
}
