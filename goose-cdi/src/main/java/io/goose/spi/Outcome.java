package io.goose.spi;

import io.goose.job.DeliveryState;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a run ended. Every outcome but {@link Release} and {@link Parked} resets the count of crashes; after those a suspect is
 * still one. Delays are counted from the moment the broker applies them, by its clock, so that no worker's clock
 * decides when a job is due. Immutable.
 *
 * @since 0.1
 */
public sealed interface Outcome {

    /** The job ran to its end; it is removed. */
    record Done() implements Outcome {
        /** The only value there need be. */
        public static final Done INSTANCE = new Done();
    }

    /**
     * The run failed and another follows. The only outcome that counts an attempt.
     *
     * @param after when, from now
     * @param queue the queue that the job goes to, which may be its present one
     * @param next the record for the next run, with attempt and moves raised
     */
    record Retry(Duration after, String queue, DeliveryState next) implements Outcome {
        public Retry {
            Objects.requireNonNull(queue, "queue");
            Objects.requireNonNull(next, "next");
        }
    }

    /**
     * The run failed and none follows: the job is buried.
     *
     * @param last the record with the failure that killed it; the broker notes the time
     */
    record Dead(DeliveryState last) implements Outcome {}

    /**
     * The job was not run, or not to its end, through no fault of its own: no attempt is counted.
     *
     * @param after when it may be leased again, from now; zero for at once, to the front
     * @param need what a session must have announced to run it, see {@link SessionSpec#canRun}; null if any can. If a live
     *     session has announced all of it, the job goes to such a session at once whatever {@code after} says
     */
    record Release(Duration after, @Nullable String need) implements Outcome {
        /** Back to the front, for anyone. */
        public static final Release NOW = new Release(Duration.ZERO, null);
    }

    /** The job asked to be run again later; no attempt is counted, the job is sent anew: the broker raises its moves. */
    record Snooze(Duration after) implements Outcome {}

    /** A limit was reached after the job had been delivered; it waits for a permit. Needs {@link Capability#LIMITS}. */
    record Deferred(String limitKey) implements Outcome {}

    /** The job was cancelled; it is removed. */
    record Cancelled() implements Outcome {}

    /** The job's deadline passed before it was started; it is removed. */
    record Expired() implements Outcome {}

    /**
     * Nobody can run the job; it is set aside, with its bytes unchanged.
     *
     * @param reason what is wrong, for a person to read
     * @param need what a session must announce for the job to come back by itself, see {@link SessionSpec#canRun}; null if
     *     only a person can help. If a live session has announced all of it, the job goes to that session instead
     */
    record Parked(String reason, @Nullable String need) implements Outcome {
        public Parked {
            Objects.requireNonNull(reason, "reason");
        }
    }
}
