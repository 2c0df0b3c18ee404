package io.goose.admin;

import io.goose.job.JobId;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Looks at the queues of a broker and changes what waits there. Inject it for the default broker, or with
 * {@link io.goose.GooseBroker} for another.
 *
 * <p>Thread-safe. Every method throws {@link io.goose.BrokerUnavailableException} if the broker cannot be reached,
 * {@link io.goose.BrokerRefusedException} if it refuses, for example the password, and
 * {@link io.goose.UnsupportedCapabilityException} if it cannot do what is asked.
 *
 * @since 0.1
 */
public interface QueueAdmin {

    /** The names of all queues that were ever used and not removed; sorted. */
    Set<String> queues();

    /** The sizes of a queue; all zero for one that was never used. */
    QueueStats stats(String queue);

    /** Stops all workers of the cluster from leasing jobs of this queue; running jobs go on. */
    void pause(String queue);

    /** Ends a pause. */
    void resume(String queue);

    /** The job with this id, in whichever queue it is; empty if it is finished or was never there. */
    Optional<StoredJob> find(JobId id);

    /**
     * The jobs of a queue that are in one place, in this order: waiting as they would be leased, scheduled by time, dead and
     * parked newest first, running by lease.
     *
     * @param offset how many to skip, at least 0
     * @param limit how many to return at most, 1 to 1000
     */
    List<StoredJob> list(String queue, Place place, int offset, int limit);

    /**
     * Deletes a job that is not running.
     *
     * @return whether it was there and is gone; false for a running one
     */
    boolean delete(JobId id);

    /**
     * Sends a dead or parked job anew, at the front of its queue and with all its retries.
     *
     * @return whether it was there; of several concurrent calls one returns true
     */
    boolean replay(JobId id);
}
