package io.goose.spi;

/**
 * What has become of a job of a batch. The order of the constants is stored: others may only be added at the end.
 *
 * @since 0.1
 */
public enum MemberState {
    /** It has not run, or was sent anew by a person. */
    ENQUEUED,
    /** A run has failed and another follows. */
    RETRYING,
    /** It ran to its end. */
    SUCCESS,
    /** It died. */
    DEAD,
    /** It was cancelled, deleted, purged or has expired. */
    CANCELLED;

    private static final String LETTERS = "ERSXC";

    /** Whether it has ended. */
    public boolean isOver() {
        return compareTo(SUCCESS) >= 0;
    }

    /** A letter, where this is stored as one. */
    public char letter() {
        return LETTERS.charAt(ordinal());
    }

    /** The state with this letter. */
    public static MemberState of(char letter) {
        return values()[LETTERS.indexOf(letter)];
    }
}
