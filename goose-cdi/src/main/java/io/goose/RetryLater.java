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
     * @param delay millisecond resolution, not negative
     */
    public RetryLater(Duration delay) {
        this(delay, "the job asked to be retried after " + delay);
    }

    public RetryLater(Duration delay, String message) {
        super(message);
        if (delay.isNegative()) {
            throw new IllegalArgumentException("the delay of RetryLater cannot be negative, was " + delay);
        }
        this.delay = delay;
    }

    public Duration delay() {
        return delay;
    }
}
