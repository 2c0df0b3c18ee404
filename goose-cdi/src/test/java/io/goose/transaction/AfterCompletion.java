package io.goose.transaction;

import jakarta.transaction.Synchronization;

/** Does something when a transaction has ended. */
record AfterCompletion(Runnable what) implements Synchronization {

    @Override
    public void beforeCompletion() {
        // Only the end matters.
    }

    @Override
    public void afterCompletion(int status) {
        what.run();
    }
}
