package io.goose.admin;

import java.util.Map;

/**
 * Looks at the limits of a broker's queues and changes them while jobs run. A limit belongs to one queue and is kept in the broker: it
 * holds for all workers from their next claim on. Jobs that run when it is set count, and are left to run.
 *
 * <p>Thread-safe. Every method throws {@link io.goose.BrokerUnavailableException} if the broker cannot be reached, and
 * {@link io.goose.UnsupportedCapabilityException} if it keeps no limits. Each change is logged.
 *
 * @since 0.1
 */
public interface LimitAdmin {

    /** The limits of a queue; none for one that was never used. */
    Map<LimitScope, Limit> of(String queue);

    /**
     * Sets a limit, instead of one that was there. It stays until somebody changes it; one that the configuration or an annotation
     * declares is set again at a start only if the declaration has changed meanwhile.
     */
    void set(String queue, LimitScope scope, Limit limit);

    /**
     * Removes a limit. One that is declared comes back with the next start of a worker.
     *
     * @return whether it was there
     */
    boolean remove(String queue, LimitScope scope);

    /**
     * How many jobs run that count for a scope, whoever has them: those that workers have leased, also of workers that have died, until their
     * leases are over. 0 for a queue without limits, where nobody counts.
     *
     * @param scope any but {@link LimitScope#eachKey}
     * @throws IllegalArgumentException for each key together
     * @throws io.goose.BrokerUnavailableException if the broker cannot be reached
     * @throws io.goose.UnsupportedCapabilityException if the broker keeps no limits
     */
    long running(String queue, LimitScope scope);

    /** The same view for somebody: changes name who made them. */
    LimitAdmin by(String who);
}
