package io.goose.spi;

import io.goose.UnsupportedCapabilityException;
import java.time.Duration;
import java.util.List;

/**
 * One worker's standing with a broker: it leases jobs, keeps them by beating, and settles them.
 *
 * <p>Threads: {@link #lease} and {@link #await} are called by one thread, {@link #settle} by one thread, {@link #renew} and
 * {@link #sweep} by one thread; these may be three. {@link #wake}, {@link #returnUnstarted} and {@link #close} may be
 * called from anywhere. A session that lost its standing with a queue (its leases are reported by {@link #renew}) regains
 * it by itself; its id may then change.
 *
 * <p>Every method but {@link #wake} throws {@link io.goose.BrokerUnavailableException} if the broker cannot be reached.
 * Whether a call that threw this had an effect is unknown. For a lease and a settle a session asks again with the number of
 * the lost request before its next one of that kind, so the caller simply calls again.
 *
 * @since 0.1
 */
public interface Session extends AutoCloseable {

    /** The present id, for people to read. */
    String id();

    /**
     * Leases ready jobs of one of the session's queues; promotes due ones first, in the order of their times. Does not wait
     * for jobs. Comes first what was routed to this session or waits at the front, in the order in which it got there; while
     * jobs wait at the back, at least one lease in ten is one of those. A session that holds a suspect gets no other.
     *
     * <p>A claim may be a sign of life as {@link #renew} is, so that one that comes right after a pause does not cost what the
     * session holds. Who cannot renew must not go on claiming: it would keep jobs for ever.
     *
     * @param max how many at most, at least 1
     * @param maxBytes how many bytes of envelopes at most; one job is leased whatever its size
     * @param suspects whether a suspect may be leased: it must be started at once, so only where a thread is free
     * @throws IllegalArgumentException if the session was not opened for this queue
     */
    Claim lease(String queue, int max, long maxBytes, boolean suspects);

    /** Leases, a suspect too; see {@link #lease(String, int, long, boolean)}. */
    default Claim lease(String queue, int max, long maxBytes) {
        return lease(queue, max, maxBytes, true);
    }

    /**
     * Waits until a job may be ready on one of the queues, somebody calls {@link #wake}, or {@code wait} is over. The
     * session promises that a job that becomes ready after an empty {@link #lease} ends the wait, or at the latest the next
     * one; a wait should not be longer than a second.
     *
     * @throws InterruptedException if the thread is interrupted
     */
    void await(Duration wait) throws InterruptedException;

    /** Ends the wait that is under way, or the next one. Never blocks, never fails. */
    void wake();

    /**
     * Applies outcomes and effects, each job's in one atomic step. If this throws, call it again with the same list, or
     * with the parts of it that belong to one queue each: what was applied is not applied twice and gives the first answers.
     *
     * @return one verdict for each, in order; a bad item never fails its neighbours
     * @throws io.goose.UnsupportedCapabilityException if an outcome needs a capability that the broker has not; nothing was
     *     applied
     */
    List<Verdict> settle(List<Settlement> settlements);

    /**
     * Completes a job as part of the transaction that surrounds the calling thread, on that thread: it is done if and only
     * if that commits. Called before anything else in that transaction. As long as it has not ended nobody else gets the job,
     * also if this session dies; after a rollback the lease is what it was. The caller calls {@link #settledInTransaction}
     * after the commit. Called by any thread, for several jobs at a time. Needs {@link Capability#TRANSACTIONAL_SETTLE}.
     *
     * @return {@link Verdict#STALE} if the lease was not this session's any more: the transaction must be rolled back then
     * @throws io.goose.GooseException if it failed; the transaction must be rolled back then
     */
    default Verdict settleInTransaction(Lease lease) {
        throw new UnsupportedCapabilityException(
                "GOOSE-3007: job " + lease.job().id()
                        + " cannot be completed as part of a transaction here; transactional jobs need a JDBC broker");
    }

    /** Says that the transaction of a {@link #settleInTransaction} has committed. Does no I/O. */
    default void settledInTransaction(Lease lease) {}

    /**
     * What a lease is, after a transaction with a {@link #settleInTransaction} of which nobody knows whether it committed.
     * Called by any thread, where no transaction is. Needs {@link Capability#TRANSACTIONAL_SETTLE}; a transport that is to be
     * joined with a {@link GuardedLedger} has it too.
     */
    default LeaseState look(Lease lease) {
        throw new UnsupportedCapabilityException("GOOSE-3007: the lease of job "
                + lease.job().id() + " cannot be looked at here; transactional jobs need a JDBC broker");
    }

    /**
     * Says that a queue is paused, or no longer, where the pause is not the transport's but that of a ledger which it was joined
     * with. While it is, nothing is leased from that queue; the session may give back what it has fetched ahead of its leases, so
     * that it does not lie here. Called by the thread that leases, when it changes. By default it does nothing.
     */
    default void hold(String queue, boolean paused) {}

    /**
     * Says who is to be told of leased jobs that are to be cancelled. Called once, before the first {@link #lease}. The session
     * tells of each of its leases at the latest with the second beat after the cancellation, at once where there are notices, perhaps
     * several times, and perhaps of a lease of which the claim is under way or that has ended. By default it
     * does nothing: where jobs can not be cancelled there is nobody to be told.
     */
    default void onCancel(CancelListener listener) {}

    /**
     * Gives leases back whose jobs were not started: to the front, in their order, no attempt counted. Stale ones are
     * ignored.
     */
    void returnUnstarted(List<Lease> leases);

    /**
     * Tells the broker that the session lives, and learns which of its leases do not. Gives leases back that nobody knows here.
     * Where queues are kept apart it may go well for some only; it throws if it went well for none.
     */
    Beat renew();

    /**
     * Puts in order what others left: rescues the jobs of dead sessions of any queue, delivers recorded effects. A session
     * is dead only if it was expired at two successful beats of this one, at least a heartbeat apart with no failed beat
     * between. Cheap when there is nothing to do.
     */
    Sweep sweep();

    /**
     * Ends the session in an orderly way: no more leases; those not settled expire later without counting a crash. Closing
     * again does nothing. Does not throw if the broker is away.
     */
    @Override
    void close();
}
