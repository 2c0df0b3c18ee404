package io.goose.job;

import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The record that a broker keeps beside an envelope: everything about a job that changes.
 *
 * <p>Immutable; the {@code with…} methods return changed copies. Instants have millisecond resolution.
 *
 * @param attempt the number of the run that comes next or is under way; 1 for the first
 * @param moves raised by every settle that sends the job anew and by replay, never by rescue or redelivery, never reset;
 *     together with the id it names one sending of the job
 * @param crashes how many workers died while the job could have been running, since it last ended in another way
 * @param lane where the job waits now
 * @param notBefore the earliest time to run it, by the broker's clock; null for at once
 * @param unknownSince since when no live worker has known how to run it; null if one does or nobody has asked
 * @param failures what went wrong so far
 * @since 0.1
 */
public record DeliveryState(
        int attempt,
        int moves,
        int crashes,
        Lane lane,
        @Nullable Instant notBefore,
        @Nullable Instant unknownSince,
        Failures failures) {

    /** The record of a job that was just enqueued at the back. */
    public static final DeliveryState FRESH = new DeliveryState(1, 0, 0, Lane.BACK, null, null, Failures.NONE);

    /**
     * When a job failed and with what.
     *
     * @param firstAt the first failure; null if it has not failed
     * @param lastAt the last failure; null if it has not failed
     * @param diedAt when it was buried; null while it lives
     * @param last the last failure itself; null if it has not failed
     */
    public record Failures(
            @Nullable Instant firstAt,
            @Nullable Instant lastAt,
            @Nullable Instant diedAt,
            @Nullable Failure last) {

        /** No failure so far. */
        public static final Failures NONE = new Failures(null, null, null, null);

        /** These failures and one more. */
        public Failures and(Failure failure, Instant at) {
            return new Failures(firstAt == null ? at : firstAt, at, diedAt, failure);
        }

        /** These failures of a job that is buried at {@code at}. */
        public Failures diedAt(@Nullable Instant at) {
            return new Failures(firstAt, lastAt, at, last);
        }
    }

    public DeliveryState {
        Objects.requireNonNull(lane, "lane");
        Objects.requireNonNull(failures, "failures");
        if (attempt < 1 || moves < 0 || crashes < 0) {
            throw new IllegalArgumentException("attempt, moves and crashes must be at least 1, 0, 0, were " + attempt
                    + ", " + moves + ", " + crashes);
        }
    }

    /** Whether this says nothing that {@link #FRESH} does not, so that a broker need not store it. */
    public boolean isFresh() {
        return equals(FRESH);
    }

    /** How many runs failed before the one that comes next; what users call retries. */
    public int retryCount() {
        return attempt - 1;
    }

    public DeliveryState withLane(Lane newLane) {
        return new DeliveryState(attempt, moves, crashes, newLane, notBefore, unknownSince, failures);
    }

    public DeliveryState withNotBefore(@Nullable Instant at) {
        return new DeliveryState(attempt, moves, crashes, lane, at, unknownSince, failures);
    }

    public DeliveryState withUnknownSince(@Nullable Instant at) {
        return new DeliveryState(attempt, moves, crashes, lane, notBefore, at, failures);
    }

    public DeliveryState withCrashes(int newCrashes) {
        return new DeliveryState(attempt, moves, newCrashes, lane, notBefore, unknownSince, failures);
    }

    public DeliveryState withFailures(Failures newFailures) {
        return new DeliveryState(attempt, moves, crashes, lane, notBefore, unknownSince, newFailures);
    }

    /** The record of a job that asked to be run again later: one move more, the same attempt, no crashes. */
    public DeliveryState afterSnooze() {
        return new DeliveryState(attempt, moves + 1, 0, Lane.FRONT, null, null, failures);
    }

    /** The record after a failed run that will be followed by another: one attempt and one move more, no crashes. */
    public DeliveryState afterFailure(Failure failure, Instant at) {
        return new DeliveryState(attempt + 1, moves + 1, 0, Lane.FRONT, null, null, failures.and(failure, at));
    }

    /** The record of a job that is buried: its last run counts as an attempt made, no run follows. */
    public DeliveryState afterDeath(Failure failure, Instant at) {
        return new DeliveryState(
                attempt,
                moves,
                crashes,
                lane,
                null,
                null,
                failures.and(failure, at).diedAt(at));
    }

    /** The record of a job that is sent anew from the start, as replay does: attempt 1, one move more. */
    public DeliveryState replayed() {
        return new DeliveryState(1, moves + 1, 0, Lane.FRONT, null, null, failures.diedAt(null));
    }
}
