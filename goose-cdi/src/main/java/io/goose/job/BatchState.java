package io.goose.job;

/**
 * How far a batch is.
 *
 * @since 0.1
 */
public enum BatchState {
    /** Some of its jobs have not ended, or more may be added by whoever makes it. */
    IN_PROGRESS("in-progress"),
    /** All of its jobs have succeeded, or it had none. */
    SUCCESS("success"),
    /** None of its jobs has succeeded, and some have died. */
    DEAD("dead"),
    /** Some of its jobs have succeeded; others have died, or were removed. */
    PARTIAL_SUCCESS("partial-success"),
    /** It was cancelled before all of its jobs had ended or before it was made whole, or all of them were removed. */
    CANCELLED("cancelled");

    private final String text;

    BatchState(String text) {
        this.text = text;
    }

    /** What callbacks get: {@code success}, {@code dead}, {@code partial-success} or {@code cancelled}. */
    public String text() {
        return text;
    }

    /** The state with this text. */
    public static BatchState of(String text) {
        for (BatchState state : values()) {
            if (state.text.equals(text)) {
                return state;
            }
        }
        throw new IllegalArgumentException("GOOSE-2252: '" + text + "' is not the state of a batch");
    }

    /**
     * What a batch has come to whose jobs have all ended.
     *
     * @param asked whether it was cancelled
     */
    public static BatchState ended(int success, int dead, int cancelled, boolean asked) {
        if (asked && cancelled > 0) {
            return CANCELLED;
        }
        if (dead == 0 && cancelled == 0) {
            return SUCCESS;
        }
        if (success > 0) {
            return PARTIAL_SUCCESS;
        }
        return dead > 0 ? DEAD : CANCELLED;
    }
}
