package io.goose.job;

import org.jspecify.annotations.Nullable;

/**
 * Bytes that are no envelope of this or an older version. The job they stand for is parked, unchanged.
 *
 * @since 0.1
 */
public final class UndecodableEnvelopeException extends Exception {

    private final Reason reason;
    private final long version;

    /** Why an envelope cannot be read. */
    public enum Reason {
        /** Not the JSON that the wire format describes. */
        MALFORMED,
        /** Well-formed, but of a higher major version: a newer worker can read it. */
        NEWER_VERSION
    }

    private UndecodableEnvelopeException(Reason reason, long version, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
        this.version = version;
    }

    static UndecodableEnvelopeException malformed(String message, @Nullable Throwable cause) {
        return new UndecodableEnvelopeException(Reason.MALFORMED, 0, message, cause);
    }

    static UndecodableEnvelopeException newer(long version, String message) {
        return new UndecodableEnvelopeException(Reason.NEWER_VERSION, version, message, null);
    }

    public Reason reason() {
        return reason;
    }

    /** The version of the envelope, if that is the reason; else 0. */
    public long version() {
        return version;
    }
}
