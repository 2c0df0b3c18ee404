package io.goose;

import org.jspecify.annotations.Nullable;

/**
 * Wraps the execution of every job. A CDI bean of this type is found by itself; lower {@code @Priority} is further out.
 *
 * <p>Called on the job's thread with the job's request scope active. What it throws counts as the job's failure. Must be
 * thread-safe.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface Middleware {

    /**
     * Runs around {@code invocation}.
     *
     * @return what the outer middleware sees as the job's result, usually that of {@link JobInvocation#proceed()}
     */
    @Nullable Object around(JobInvocation invocation) throws Throwable;
}
