package io.goose;

import org.jspecify.annotations.Nullable;

/**
 * The failure of a {@link Job#transactional() transactional} job whose method returned and whose transaction did not commit:
 * it was marked for rollback, took longer than {@code goose.transaction.timeout}, or the commit failed. The job is retried as
 * after any other failure. A job's own exception is never wrapped in this.
 *
 * @since 0.1
 */
public final class JobRolledBackException extends GooseException {

    public JobRolledBackException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
