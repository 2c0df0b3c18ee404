package io.goose.spi;

import io.goose.admin.Limit;
import io.goose.admin.LimitScope;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the limits of queues. Its broker observes them where it leases jobs, in the same step: a claim of a queue with limits
 *
 * <ul>
 *   <li>leases no job that is beyond a limit of its queue, its handler or its key, counting all leases of the queue, those of dead
 *       sessions until they are rescued;
 *   <li>takes a token of each rate for each job that it leases;
 *   <li>lets the keys that have jobs and are within their limits take turns, one job each, as soon as there is a limit for handlers
 *       or keys; jobs of different handlers with one key are different in this, and jobs without a key are of one key. Within a turn the
 *       order is that of any claim;
 *   <li>says by {@link Claim#limited} that there are limits, and in {@link Claim#nextDue} when the next token is there that a waiting
 *       job needs; the end of a lease ends the waits of sessions.
 * </ul>
 *
 * <p>What waits for a permit is {@link io.goose.admin.Place#WAITING}. Handler and key are what the envelope says; of one that cannot be
 * read both are empty, and only the limit of the queue is for it. A queue without limits pays nothing.
 *
 * <p>Thread-safe. Every method throws {@link io.goose.BrokerUnavailableException} if the ledger cannot be reached. Needs
 * {@link Capability#LIMITS}.
 *
 * @since 0.1
 */
public interface LimitLedger {

    /** The limits of a queue. */
    Map<LimitScope, Kept> limits(String queue);

    /** Sets a limit, instead of one that was there; it holds for all claims that begin after this has returned. */
    void put(String queue, LimitScope scope, Kept kept);

    /** Removes a limit; returns whether it was there. */
    boolean remove(String queue, LimitScope scope);

    /** See {@link io.goose.admin.LimitAdmin#running}. */
    long running(String queue, LimitScope scope);

    /**
     * A limit as it is kept.
     *
     * @param declared what the limit was when a declaration set it last, see {@link #text}; null if none has
     */
    record Kept(Limit limit, @Nullable String declared) {
        public Kept {
            Objects.requireNonNull(limit, "limit");
        }

        /** How limits are written down: jobs at a time, jobs in a period, and its milliseconds, with spaces between. */
        public static String text(Limit limit) {
            return limit.concurrent() + " " + limit.rate() + " "
                    + limit.period().toMillis();
        }
    }
}
