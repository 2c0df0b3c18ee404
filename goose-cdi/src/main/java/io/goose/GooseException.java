package io.goose;

import org.jspecify.annotations.Nullable;

/**
 * The root of Goose's exceptions. Every message begins with a code that {@code docs/message-codes.md} lists, and names
 * what failed and how to mend it; it holds no job arguments and no credentials.
 *
 * @since 0.1
 */
public abstract class GooseException extends RuntimeException {

    protected GooseException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
