package io.goose;

import org.jspecify.annotations.Nullable;

/**
 * The failure of a job that runs in a transaction which ends it too, as a {@link Job#transactional() transactional} one, whose
 * method returned and whose transaction did not commit: it was marked for rollback, took too long, or the commit failed. The job is retried as
 * after any other failure. A job's own exception is never wrapped in this.
 *
 * @since 0.1
 */
public final class JobRolledBackException extends GooseException {

    public JobRolledBackException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
