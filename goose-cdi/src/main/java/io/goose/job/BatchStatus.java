package io.goose.job;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A batch at one moment. The counts are exact: each job is counted once, by what it is now. Immutable.
 *
 * @param id the batch
 * @param queue the queue of its callbacks
 * @param state how far it is; once it is completed, what its callbacks were told
 * @param sealed whether it completes when its jobs have ended; not while it is still being made
 * @param counts its jobs
 * @param created when it was made, by the broker's clock
 * @param completed when it was completed; null if it is in progress
 * @since 0.1
 */
public record BatchStatus(
        BatchId id,
        String queue,
        BatchState state,
        boolean sealed,
        Counts counts,
        Instant created,
        @Nullable Instant completed) {

    public BatchStatus {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(queue, "queue");
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(counts, "counts");
        Objects.requireNonNull(created, "created");
    }

    /**
     * How many jobs there are.
     *
     * @param total all
     * @param retrying those whose last run failed and is followed by another
     * @param success those that have succeeded
     * @param dead those that have died
     * @param cancelled those that were cancelled, deleted or purged, or whose deadline passed before they were begun
     */
    public record Counts(int total, int retrying, int success, int dead, int cancelled) {
        /** None. */
        public static final Counts NONE = new Counts(0, 0, 0, 0, 0);

        /** Those that wait for their first run, are scheduled, parked or in their first run. */
        public int enqueued() {
            return total - retrying - ended();
        }

        /** Those that have ended, however. */
        public int ended() {
            return success + dead + cancelled;
        }
    }
}
