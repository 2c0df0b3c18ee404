package io.goose;

import io.goose.job.JobId;

/**
 * Wraps the enqueuing of every job. A CDI bean of this type is found by itself; lower {@code @Priority} is further out.
 *
 * <p>Called on the caller's thread. Must be thread-safe. What it throws reaches the caller of the perform method and
 * nothing is enqueued unless {@link EnqueueInvocation#proceed} was called before.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface EnqueueMiddleware {

    /**
     * Runs around {@code invocation}.
     *
     * @return the id that the caller gets, usually that of {@link EnqueueInvocation#proceed()}
     */
    JobId around(EnqueueInvocation invocation);
}
