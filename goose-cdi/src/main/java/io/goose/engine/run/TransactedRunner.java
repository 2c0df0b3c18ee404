package io.goose.engine.run;

import io.goose.spi.Lease;

/** Runs leased jobs in transactions that others begin and end. Thread-safe. */
public interface TransactedRunner {

    /**
     * Runs the job of {@code lease} on the calling thread, in the transaction that surrounds it. If that must not commit it is marked for rollback.
     *
     * @throws RuntimeException if there is no such transaction, or the surroundings could not be opened; the job was not run then
     */
    TransactedRun begin(Lease lease, LeaseWatch watch);
}
