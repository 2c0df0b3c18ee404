package io.goose;

/**
 * The broker cannot do what was asked; the message says which capability is missing and how to get it.
 *
 * @since 0.1
 */
public final class UnsupportedCapabilityException extends GooseException {

    public UnsupportedCapabilityException(String message) {
        super(message, null);
    }
}
