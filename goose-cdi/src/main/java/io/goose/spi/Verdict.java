package io.goose.spi;

/** What the broker said to one settlement. */
public enum Verdict {
    /** Outcome and effects are in force. */
    APPLIED,
    /** The lease was not this session's any more: nothing was changed. */
    STALE
}
