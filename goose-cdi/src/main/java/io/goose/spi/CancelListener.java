package io.goose.spi;

import io.goose.job.JobId;

/**
 * Is told of jobs that are to be cancelled. Called on whatever thread hears of it, with locks held: must not block, and must
 * not call the session.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface CancelListener {

    /**
     * Somebody asked for the cancellation of a leased job.
     *
     * @param token of its lease
     */
    void cancelled(JobId id, long token);

    /**
     * Notices may have been missed, for there was no connection for them: the session should be asked to {@link Session#renew} soon,
     * which tells of all.
     */
    default void missed() {}
}
