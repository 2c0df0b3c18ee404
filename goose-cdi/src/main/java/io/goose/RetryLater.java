package io.goose;

import java.time.Duration;

/**
 * Thrown by a job to be run again after a delay of its own choosing. It counts as a failed attempt; after the last retry
 * the job dies.
 *
 * @since 0.1
 */
public final class RetryLater extends RuntimeException {

    private final Duration delay;

    /**
     * With a message that says so.
     *
     * @param delay millisecond resolution, not negative
     */
    public RetryLater(Duration delay) {
        this(delay, "the job asked to be retried after " + delay);
    }

    /**
     * With a message of your own, which is kept as the job's failure.
     *
     * @param delay millisecond resolution, not negative
     * @param message must hold no secret: it is stored and logged
     */
    public RetryLater(Duration delay, String message) {
        super(message);
        if (delay.isNegative()) {
            throw new IllegalArgumentException("GOOSE-1005: the delay of RetryLater cannot be negative, was " + delay);
        }
        this.delay = delay;
    }

    /** How long to wait before the next run; counted by the broker from the moment the outcome is written. */
    public Duration delay() {
        return delay;
    }
}
