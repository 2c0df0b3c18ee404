package io.goose;

import java.time.Duration;

/**
 * Thrown by a job that is to be run again after a while because its time has not come yet. It is no failure: no attempt is
 * counted, nobody is told, and a job may snooze as often as it likes. {@link RetryLater} is the same for a run that failed.
 *
 * @since 0.1
 */
public final class Snooze extends RuntimeException {

    private final Duration delay;

    /**
     * Ends the run.
     *
     * @param delay millisecond resolution, not negative; counted by the broker from the moment the outcome is written
     */
    public Snooze(Duration delay) {
        super("the job asked to be run again after " + delay, null, false, false); // no stack: it is no failure
        if (delay.isNegative()) {
            throw new IllegalArgumentException("GOOSE-4130: the delay of Snooze cannot be negative, was " + delay);
        }
        this.delay = delay;
    }

    /** How long to wait before the next run. */
    public Duration delay() {
        return delay;
    }
}
