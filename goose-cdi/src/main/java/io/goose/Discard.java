package io.goose;

/**
 * Thrown by a job that need not be done any more: it is settled as done, without retry, burial or failure handlers.
 *
 * @since 0.1
 */
public final class Discard extends RuntimeException {

    /**
     * Ends the run.
     *
     * @param reason why, for people
     */
    public Discard(String reason) {
        super(reason);
    }
}
