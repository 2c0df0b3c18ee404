package io.goose.spi;

/**
 * What has become of a job of a batch. Codes and letters are stored: they do not change.
 *
 * @since 0.1
 */
public enum MemberState {
    /** It has not run, or was sent anew by a person. */
    ENQUEUED(0, 'E'),
    /** A run has failed and another follows. */
    RETRYING(1, 'R'),
    /** It ran to its end. */
    SUCCESS(2, 'S'),
    /** It died. */
    DEAD(3, 'X'),
    /** It was cancelled, deleted, purged or has expired. */
    CANCELLED(4, 'C');

    private final int code;
    private final char letter;

    MemberState(int code, char letter) {
        this.code = code;
        this.letter = letter;
    }

    /** Whether it has ended. */
    public boolean isOver() {
        return code >= SUCCESS.code;
    }

    /** A number from 0 to 7, where this is stored as one. */
    public int code() {
        return code;
    }

    /** A letter, where this is stored as one. */
    public char letter() {
        return letter;
    }

    /** The state with this number. */
    public static MemberState ofCode(int code) {
        for (MemberState state : values()) {
            if (state.code == code) {
                return state;
            }
        }
        throw new IllegalArgumentException("no state of a batch's job has the code " + code);
    }

    /** The state with this letter. */
    public static MemberState ofLetter(char letter) {
        for (MemberState state : values()) {
            if (state.letter == letter) {
                return state;
            }
        }
        throw new IllegalArgumentException("no state of a batch's job has the letter " + letter);
    }
}
