package io.goose.job;

/**
 * Where in its queue a job waits.
 *
 * @since 0.1
 */
public enum Lane {
    /** The end of the queue: jobs in the order of their enqueuing. */
    BACK('b'),
    /** Ahead of the back: what became due, was retried, released, rescued, replayed or prioritised. */
    FRONT('f'),
    /** Jobs that were running when their worker died; a session runs one of them at a time. */
    SUSPECT('s');

    private final char code;

    Lane(char code) {
        this.code = code;
    }

    /** One character that stands for this lane in a stored record. */
    public char code() {
        return code;
    }

    /**
     * The lane of a stored code.
     *
     * @throws IllegalArgumentException if no lane has this code
     */
    public static Lane ofCode(char code) {
        for (Lane lane : values()) {
            if (lane.code == code) {
                return lane;
            }
        }
        throw new IllegalArgumentException("no lane has the code '" + code + "'");
    }
}
