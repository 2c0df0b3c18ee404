package io.goose.examples.run;

/** The studio cannot be run; the message says why and what to do. */
public final class RunException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    RunException(String message) {
        super(message);
    }

    RunException(String message, Throwable cause) {
        super(message, cause);
    }
}
