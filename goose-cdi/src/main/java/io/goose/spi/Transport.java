package io.goose.spi;

import io.goose.UnsupportedCapabilityException;
import io.goose.job.QueuedJob;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/**
 * Where ready jobs wait and who works on them. A broker that is only this, joined with a {@link Ledger}, makes a
 * {@link Broker}.
 *
 * <p>Thread-safe.
 *
 * @since 0.1
 */
public interface Transport extends AutoCloseable {

    /**
     * Sends jobs; several sends may be in flight.
     *
     * <p>A job with {@code state.notBefore} in the future waits until then ({@link Capability#DELAY}); one whose time is
     * past, and one whose lane is {@code FRONT}, goes to the front. A job whose id is present in that queue, in whatever place,
     * is not added again. One with a {@link QueuedJob#unique() unique key} that another holds is not added either: whether it is held
     * and the enqueue are one atomic step ({@link Capability#UNIQUE}).
     *
     * @param jobs at most 500
     * @return one result for each, in order. The stage never completes exceptionally
     * @throws UnsupportedCapabilityException if one has a unique key and this cannot keep it; nothing was sent
     */
    CompletionStage<List<SendResult>> send(List<QueuedJob> jobs);

    /**
     * How long after {@link #send} has returned its stage has completed at the latest. Who waits for it waits no longer, and takes
     * the outcome for unknown then: a transport that breaks its promise, or threads that a server does not let run, must hold up
     * nobody for ever.
     *
     * @return positive; 5 minutes unless a transport knows better
     */
    default Duration answersWithin() {
        return Duration.ofMinutes(5);
    }

    /**
     * Opens a session.
     *
     * @throws io.goose.BrokerUnavailableException if the broker cannot be reached
     * @throws io.goose.BrokerRefusedException if it must not be used as it is set up
     */
    Session open(SessionSpec spec);

    /** What this can do. The same for its whole life. */
    Set<Capability> capabilities();

    /**
     * Makes ready what {@link #sendInTransaction} to these queues needs. Called outside of any transaction, once for each
     * queue before the first such send of a process.
     *
     * @throws io.goose.BrokerUnavailableException if the broker cannot be reached
     */
    default void prepareQueues(Set<String> queues) {}

    /**
     * Sends jobs as part of the transaction that surrounds the calling thread, on that thread: they exist if and only if it
     * commits. Needs {@link Capability#JOINS_TRANSACTION}. The caller then waits for the end of the transaction and calls
     * {@link #committed}. A broker with this capability is called inside of a transaction by this method alone.
     *
     * @param jobs as for {@link #send}
     * @return as for {@link #send}, never unknown
     * @throws io.goose.GooseException if it failed; a part may be in the transaction, which must be rolled back then
     */
    default List<SendResult> sendInTransaction(List<QueuedJob> jobs) {
        throw new UnsupportedCapabilityException("GOOSE-3006: " + describe()
                + " cannot enqueue as part of a transaction; use a JDBC broker, or goose.transaction=after-commit");
    }

    /**
     * Says that a transaction with jobs for these queues has committed, so that waiting workers look. Called on the thread
     * that committed: must not block and does no I/O there.
     */
    default void committed(Set<String> queues) {}

    /** The outbox that this keeps for other brokers, if it can. */
    default Optional<Outbox> outbox() {
        return Optional.empty();
    }

    /** All queues that were ever used; sorted. */
    Set<String> queues();

    /** Stops leasing from a queue, cluster-wide. Needs {@link Capability#PAUSE}. */
    void pause(String queue);

    /** Ends a pause. Needs {@link Capability#PAUSE}. */
    void resume(String queue);

    /**
     * Asks the broker for a sign of life and checks, once for each connection, that it may be used as it is set up.
     *
     * @throws io.goose.BrokerUnavailableException if the broker cannot be reached
     * @throws io.goose.BrokerRefusedException if it must not be used as it is set up
     */
    void check();

    /**
     * Whether this process, of all that work here, tells the sizes of queues for all of them; asking may make it so. Asked every few
     * seconds of those that do not declare {@link Capability#WORKER_LIST}. By default each does: they tell the same.
     *
     * @throws io.goose.BrokerUnavailableException if the broker cannot be reached
     */
    default boolean leads() {
        return true;
    }

    /** How much of its own connections is in use; empty if it has none, or has not connected yet. Does no I/O. */
    default Optional<PoolUse> poolUse() {
        return Optional.empty();
    }

    /**
     * For how long something has been due in the ledger of this, as far as this process has looked in the last minute, without a moment in which
     * the transport had all of it; zero if it has, and empty if this is not joined with a ledger. Does no I/O.
     */
    default Optional<Duration> ledgerLag() {
        return Optional.empty();
    }

    /** Where this connects to, with no credentials, for people to read. */
    String describe();

    /** Closes all connections; sessions should be closed before. Closing again does nothing. */
    @Override
    void close();
}
