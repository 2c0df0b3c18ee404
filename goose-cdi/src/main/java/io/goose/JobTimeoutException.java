package io.goose;

import org.jspecify.annotations.Nullable;

/**
 * The failure of a run that took longer than its timeout and was interrupted; what the interrupt made the job throw is its
 * cause. It is retried like any other failure, unless {@link Job#noRetryOn()} names this type.
 *
 * @since 0.1
 */
public final class JobTimeoutException extends GooseException {

    /**
     * Made by Goose.
     *
     * @param cause what the job threw when it was interrupted; null if nobody knows
     */
    public JobTimeoutException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
