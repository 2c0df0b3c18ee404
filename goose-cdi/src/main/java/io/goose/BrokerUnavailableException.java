package io.goose;

import org.jspecify.annotations.Nullable;

/**
 * The broker could not be reached or did not accept the request. Trying again later is sensible.
 *
 * <p>From a perform method: nothing was enqueued. From anything else, such as {@link io.goose.admin.QueueAdmin}: a change
 * that was under way may have been made.
 *
 * @since 0.1
 */
public final class BrokerUnavailableException extends GooseException {

    public BrokerUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
