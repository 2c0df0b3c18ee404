package io.goose.spi;

/**
 * Of which jobs a broker that was joined of a transport and a ledger keeps a row in the ledger; {@code goose.broker.<n>.track}.
 *
 * @since 0.1
 */
public enum Track {
    /**
     * Of those that have to be there: scheduled, retried, dead and parked ones, and those whose id the caller chose. Others go
     * straight to the transport.
     */
    GUARDED,
    /**
     * Of every job, from before it is sent until it has ended: what waits can be listed, found and deleted, for two more writes for
     * each job at least.
     */
    ALL
}
