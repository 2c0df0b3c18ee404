package io.goose.engine.observe;

import io.goose.spi.Outcome;

/** What comes of a job after a run, or instead of one. */
public enum Ending {
    /** It is done. */
    DONE,
    /** It failed and will be run again. */
    RETRY,
    /** It failed for the last time, whether or not it is kept among the dead. */
    DEAD,
    /** It goes back, uncounted: the worker stops, or does not know it. */
    RELEASED,
    /** It asked to be run later. */
    SNOOZED,
    /** It waits for a permit. */
    DEFERRED,
    /** It was cancelled. */
    CANCELLED,
    /** Its deadline has passed. */
    EXPIRED,
    /** It is set aside. */
    PARKED,
    /** Its lease is another's, who decides. */
    LOST;

    /** Whether the run failed by its own fault. */
    public boolean isFailure() {
        return this == RETRY || this == DEAD;
    }

    static Ending of(Outcome outcome) {
        if (outcome instanceof Outcome.Done) {
            return DONE;
        } else if (outcome instanceof Outcome.Retry) {
            return RETRY;
        } else if (outcome instanceof Outcome.Dead) {
            return DEAD;
        } else if (outcome instanceof Outcome.Release) {
            return RELEASED;
        } else if (outcome instanceof Outcome.Snooze) {
            return SNOOZED;
        } else if (outcome instanceof Outcome.Deferred) {
            return DEFERRED;
        } else if (outcome instanceof Outcome.Cancelled) {
            return CANCELLED;
        }
        return outcome instanceof Outcome.Expired ? EXPIRED : PARKED;
    }
}
