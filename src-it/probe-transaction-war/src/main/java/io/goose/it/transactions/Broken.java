package io.goose.it.transactions;

/** An exception that rolls back. */
public final class Broken extends RuntimeException {

    private static final long serialVersionUID = 1L;

    Broken() {
        super("as told");
    }
}
