package io.goose.spi;

/**
 * Makes brokers of a kind that can be joined with a ledger: {@code goose.broker.<name>.ledger} may be set for them. {@link #create}
 * makes the broker that stands alone, {@link #joinable} its transport where there is a ledger.
 *
 * @since 0.1
 */
public interface TransportFactory extends BrokerFactory {

    /**
     * Makes a transport that is joined with this ledger. Does not connect: that happens at the first use, and again by itself after
     * an outage.
     *
     * @param settings some for which {@link #problems} is empty; {@code ledger} and {@code track} are among its keys
     * @param threads where all threads come from
     * @param ledger what it is joined with; it stays the caller's to use and to end
     */
    JoinableTransport joinable(BrokerSettings settings, WorkerThreads threads, GuardedLedger ledger);
}
