package io.goose.spi;

/**
 * What became of a lease.
 *
 * @since 0.1
 */
public enum LeaseState {
    /** It is this session's: what would have ended it was rolled back. */
    HELD,
    /** It has ended, or was lost. */
    ENDED,
    /** A transaction holds it that has not ended: it can still become one or the other. */
    UNDECIDED
}
