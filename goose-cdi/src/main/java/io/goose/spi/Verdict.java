package io.goose.spi;

/**
 * What the broker said to one settlement.
 *
 * @since 0.1
 */
public enum Verdict {
    /** Outcome and effects are in force. */
    APPLIED,
    /** The lease was not this session's any more: nothing was changed. */
    STALE
}
