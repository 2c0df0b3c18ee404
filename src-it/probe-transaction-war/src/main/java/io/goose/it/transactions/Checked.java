package io.goose.it.transactions;

/** An exception that rolls nothing back. */
public final class Checked extends Exception {

    private static final long serialVersionUID = 1L;

    Checked() {
        super("as told");
    }
}
