package io.goose.spi;

import io.goose.UnsupportedCapabilityException;
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

    /** The branches of distributed transactions that are kept here. Needs {@link Capability#BRANCHES}. */
    default Branches branches() {
        throw new UnsupportedCapabilityException("GOOSE-3214: " + describe()
                + " keeps no branches of distributed transactions (BRANCHES); use Redis, or a local transaction");
    }
}
