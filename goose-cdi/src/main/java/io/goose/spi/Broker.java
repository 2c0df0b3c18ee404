package io.goose.spi;

import java.util.Optional;

/**
 * What the engine talks to: a place where jobs wait, and the state that is looked up.
 *
 * <p>Thread-safe.
 *
 * @since 0.1
 */
public interface Broker extends Transport, Ledger {

    /**
     * A ledger for a transport, if this can keep one, apart from its own jobs.
     *
     * @param target the name of the broker that it is for
     */
    default Optional<GuardedLedger> ledgerFor(String target) {
        return Optional.empty();
    }
}
