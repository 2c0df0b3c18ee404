package io.goose;

import org.jspecify.annotations.Nullable;

/**
 * The broker could not be reached or did not accept the request; nothing was changed. Trying again later is sensible.
 *
 * @since 0.1
 */
public final class BrokerUnavailableException extends GooseException {

    public BrokerUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
