package io.goose.engine.observe;

/**
 * A job that was not enqueued.
 *
 * @param broker where it was to go
 * @param handler what was to run it
 * @param kind why
 */
public record NotEnqueued(String broker, String handler, Kind kind) {

    /** Why a job was not enqueued. */
    public enum Kind {
        /** It was refused: its arguments, its size, an option. */
        REJECTED,
        /** The broker cannot be reached. */
        UNAVAILABLE,
        /** Nobody knows whether the broker has it. */
        UNKNOWN
    }
}
