package io.goose;

import org.jspecify.annotations.Nullable;

/**
 * The failure of a job that had begun and can not be done by its deadline any more: a run was under way at that time and was
 * interrupted, or failed so late that the next would have come too late. It is never retried. What the job threw is its
 * cause.
 *
 * @since 0.1
 */
public final class JobExpiredException extends GooseException {

    /**
     * Made by Goose.
     *
     * @param cause what the job threw; null if nobody knows
     */
    public JobExpiredException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
