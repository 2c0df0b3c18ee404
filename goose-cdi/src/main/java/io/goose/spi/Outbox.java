package io.goose.spi;

import io.goose.job.QueuedJob;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * Keeps jobs for another broker as part of the transactions that enqueue them, until they have been sent there. What a broker
 * with {@link Capability#JOINS_TRANSACTION} may offer.
 *
 * <p>Thread-safe.
 *
 * @since 0.1
 */
public interface Outbox {

    /**
     * Writes jobs as part of the transaction of the calling thread, on that thread.
     *
     * @param target the name of the broker that they are for
     * @param jobs at most 500
     * @throws io.goose.GooseException if it failed; a part may be in the transaction, which must be rolled back then
     */
    void write(String target, List<QueuedJob> jobs);

    /**
     * Takes the oldest jobs for a broker that no other relay has at this moment, lets them be sent, and removes those that
     * were. If the process dies in the middle, they are there again, so a job may be sent twice. Called where no transaction is.
     *
     * @param except queues to leave out
     * @param most how many, at most 500; fewer are taken where they are large, so that they need not be in memory together
     * @param sending is given the jobs in the order in which they were written; answers for each whether it may be removed
     * @return how many were taken
     * @throws io.goose.BrokerUnavailableException if the outbox cannot be reached
     */
    int relay(String target, Set<String> except, int most, Function<List<QueuedJob>, List<Boolean>> sending);
}
