package io.goose.it.server;

import org.jspecify.annotations.Nullable;

/** A server that a test needs is not there or does not start. The message says what was tried and how to mend it. */
public final class ServerUnavailableException extends RuntimeException {

    ServerUnavailableException(String message) {
        super(message);
    }

    ServerUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
