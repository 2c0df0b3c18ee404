package io.goose.it.server;

import java.io.IOException;
import java.time.Duration;

/** Waits for what a server comes to by itself and tells nobody: there is nothing to be notified by. */
final class Polling {

    private static final long PAUSE_MILLIS = 5;

    /** Something to ask for; a server that does not answer yet is a no. */
    interface Condition {
        boolean holds() throws IOException;
    }

    private Polling() {}

    /**
     * Asks until it holds.
     *
     * @throws ServerUnavailableException if it does not within {@code patience}; the last failure to ask is the cause
     */
    static void until(String what, Duration patience, Condition condition) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            IOException failure = null;
            try {
                if (condition.holds()) {
                    return;
                }
            } catch (IOException e) {
                failure = e;
            }
            if (System.nanoTime() - deadline > 0) {
                throw new ServerUnavailableException("not within " + patience + ": " + what, failure);
            }
            pause();
        }
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ServerUnavailableException("interrupted while waiting for a server", e);
        }
    }
}
