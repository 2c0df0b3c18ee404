package io.goose.job;

import org.jspecify.annotations.Nullable;

/**
 * Bytes that are no envelope of this or an older version. The job they stand for is parked, unchanged.
 *
 * @since 0.1
 */
public final class UndecodableEnvelopeException extends Exception {

    private final Reason reason;

    /** Why an envelope cannot be read. */
    public enum Reason {
        /** Not the JSON that the wire format describes. */
        MALFORMED,
        /** Well-formed, but of a higher major version: a newer worker can read it. */
        NEWER_VERSION
    }

    public UndecodableEnvelopeException(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
