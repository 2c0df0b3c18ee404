package io.goose;

import org.jspecify.annotations.Nullable;

/**
 * The broker is there and cannot be used as it is set up: its configuration could lose jobs, or the credentials or rights
 * do not suffice. Trying again is useless until somebody changes that; the message says what.
 *
 * @since 0.1
 */
public final class BrokerRefusedException extends GooseException {

    public BrokerRefusedException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
