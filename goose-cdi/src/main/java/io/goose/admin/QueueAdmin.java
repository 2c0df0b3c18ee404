package io.goose.admin;

import io.goose.job.JobId;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Looks at the queues of a broker and changes what waits there. Inject it for the default broker, or with
 * {@link io.goose.GooseBroker} for another.
 *
 * <p>What is changed is named by ids, moved only from where it is, each job in one atomic step, and the answer says what was moved:
 * of several who do the same at once, or of a worker and this, one gets each job. Long lists are worked off in parts of 500. If that
 * ends with an exception midway what was done stays done, and calling again does the rest. Each change is a {@link QueueChange}.
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

    /** The most jobs that {@link #search} looks at. */
    int MOST_SEARCHED = 100_000;

    /**
     * The jobs in one place of a queue that match, in the order of {@link #list}, on RabbitMQ alone the oldest first. Looks at them one by one, a page at a time and no
     * further than it must, at {@value #MOST_SEARCHED} at most: what lies behind is not found. A job that moves meanwhile may be
     * missed.
     *
     * @param limit how many to return at most, 1 to 1000
     */
    List<StoredJob> search(String queue, Place place, JobFilter filter, int limit);

    /**
     * For how long jobs of a queue wait: the age of the oldest among the first hundred that wait. It counts from when the job was
     * enqueued, was to run, or failed last, by the clocks of the hosts that wrote this down. Zero if none waits.
     */
    Duration latency(String queue);

    /** The workers that the broker knows, alive or not yet found dead; in no order. */
    List<WorkerInfo> workers();

    /** The same view for somebody: changes name who made them. */
    QueueAdmin by(String who);

    /**
     * Deletes a job that is not running.
     *
     * @return whether it was there and is gone; false for a running one
     */
    boolean delete(JobId id);

    /**
     * Deletes jobs of a queue that are in one place; those that are not are left alone, wherever they are.
     *
     * @param place any but {@link Place#RUNNING}
     * @return those that were there and are gone, in the order of {@code ids}
     */
    List<JobId> delete(String queue, Place place, Collection<JobId> ids);

    /**
     * Puts a waiting or scheduled job ahead of all others of its queue.
     *
     * @return whether it was there
     */
    boolean prioritise(JobId id);

    /**
     * Puts jobs ahead of all others of their queue, the first one first. A scheduled one is ready then. One that was running when a
     * worker died is put ahead of its like, which are run one at a time.
     *
     * @param place {@link Place#WAITING} or {@link Place#SCHEDULED}
     * @return those that were there, in the order of {@code ids}
     */
    List<JobId> prioritise(String queue, Place place, Collection<JobId> ids);

    /**
     * Sends a dead or parked job anew, at the front of its queue and with all its retries.
     *
     * @return whether it was there; of several concurrent calls one returns true
     */
    boolean replay(JobId id);

    /**
     * Sends dead or parked jobs anew, at the front of their queue in this order and with all their retries.
     *
     * @param place {@link Place#DEAD} or {@link Place#PARKED}
     * @return those that were there, in the order of {@code ids}
     */
    List<JobId> replay(String queue, Place place, Collection<JobId> ids);

    /**
     * Sends those jobs anew that have been dead or parked for longest, the oldest first.
     *
     * @param place {@link Place#DEAD} or {@link Place#PARKED}
     * @param most how many at most; one that dies again meanwhile is not sent twice if there were no more before
     * @return how many were sent
     */
    long replayOldest(String queue, Place place, long most);

    /**
     * Sends all jobs anew that are dead or parked now, the oldest first.
     *
     * @param place {@link Place#DEAD} or {@link Place#PARKED}
     * @return how many were sent
     */
    default long replayAll(String queue, Place place) {
        return replayOldest(queue, place, Long.MAX_VALUE);
    }

    /** Takes the job out that has been dead for longest; of several concurrent calls one gets it. It is in no place afterwards. */
    Optional<StoredJob> pop(String queue);

    /**
     * Deletes what is in a place of a queue now. What comes in meanwhile may go too. Workers keep what they have fetched.
     *
     * @param place any but {@link Place#RUNNING}
     * @return how many jobs were deleted
     */
    long purge(String queue, Place place);

    /**
     * Deletes the dead jobs of a queue that died at a time or before it.
     *
     * @return how many were deleted
     */
    long deleteDeadUntil(String queue, Instant time);
}
