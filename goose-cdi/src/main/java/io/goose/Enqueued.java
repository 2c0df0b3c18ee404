package io.goose;

import io.goose.job.JobId;
import java.util.Objects;

/**
 * What came of an enqueue. Immutable.
 *
 * @param id the job that there is now: of a call that was not added the id of the one that was there already
 * @param outcome whether it was added
 * @since 0.1
 */
public record Enqueued(JobId id, Outcome outcome) {

    /** What became of the call. */
    public enum Outcome {
        /** The job was added. */
        ADDED,
        /** A job with this id, or one with the same unique key, was there already; nothing was added. */
        EXISTS,
        /** A job with the same unique key was there and had not begun; it is run with what this call says. */
        REPLACED,
        /** Whether the job is added is decided after the transaction: it is added unless one has its unique key then. */
        DEFERRED
    }

    public Enqueued {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(outcome, "outcome");
    }

    /**
     * Whether this call has added a job, so that {@link #id} is a new one. False also for {@link Outcome#REPLACED}, where another job runs with
     * what this call says, and for {@link Outcome#DEFERRED}, where it is not known yet.
     */
    public boolean isAdded() {
        return outcome == Outcome.ADDED;
    }
}
