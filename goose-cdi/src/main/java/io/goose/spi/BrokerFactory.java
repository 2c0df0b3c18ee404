package io.goose.spi;

import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * Makes brokers of one kind. Found by {@link java.util.ServiceLoader}, and as CDI beans; a third party plugs its broker in
 * with one of these.
 *
 * <p>Stateless; called on one thread at a time, at deployment.
 *
 * @since 0.1
 */
public interface BrokerFactory {

    /** The value of {@code goose.broker.<name>.kind} that selects this. */
    String kind();

    /** The schemes of {@code goose.broker.<name>.url} that select this, in lower case; empty if it must be named. */
    Set<String> schemes();

    /** The keys under {@code goose.broker.<name>.} that it reads. */
    Set<String> keys();

    /**
     * What its brokers can do, without any I/O: a deployment whose jobs need something else is refused. By default nothing
     * that a deployment depends on, which is {@link Capability#TRANSACTIONAL_SETTLE}, and {@link Capability#BRANCHES} for
     * message-driven beans.
     */
    default Set<Capability> capabilities() {
        return Set.of();
    }

    /**
     * Whether its brokers have ledgers for transports, {@link Broker#ledgerFor}, so that {@code goose.broker.<other>.ledger} may name
     * one of them.
     */
    default boolean keepsLedgers() {
        return false;
    }

    /**
     * Checks settings without any I/O.
     *
     * @return what is wrong, one message each with a code, the key, the value (never a credential) and the mend; empty if
     *     nothing is
     */
    List<String> problems(BrokerSettings settings);

    /**
     * Checks, without any I/O, whether a worker that beats so often can work with these settings. Called where there is to be a
     * worker. By default any can.
     *
     * @param settings some for which {@link #problems} is empty
     * @param heartbeat how long it is from one beat to the next, {@code goose.worker.heartbeat}
     * @return as {@link #problems}
     */
    default List<String> problemsOfWorker(BrokerSettings settings, Duration heartbeat) {
        return List.of();
    }

    /**
     * Makes a broker. Does not connect: that happens at the first use, and again by itself after an outage.
     *
     * @param settings some for which {@link #problems} is empty
     * @param threads where all threads come from
     */
    Broker create(BrokerSettings settings, WorkerThreads threads);
}
