package io.goose.spi;

import io.goose.UnsupportedCapabilityException;
import io.goose.admin.Place;
import io.goose.admin.WorkerInfo;
import io.goose.job.JobId;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a person does with what is stored, many jobs at a time. Jobs are named by their ids and moved only from where they are said
 * to be, each in one atomic step: of several who do this at once, or of a worker and this, one has each job. So every call may be
 * made again, after an answer that was lost too; it then does what is left to do and says that.
 *
 * <p>An operation on several places that cannot be done in one of them throws {@link UnsupportedCapabilityException}, unless the
 * others had all that was asked for. What is not there is passed over.
 *
 * <p>Thread-safe. At most {@value #MOST} ids in a call. Every method throws {@link io.goose.BrokerUnavailableException} if the
 * broker cannot be reached; what it had done by then stays done.
 *
 * @since 0.1
 */
public interface Housekeeping {

    /** How many ids a call takes or gives. */
    int MOST = 500;

    /** All places but {@link Place#RUNNING}. */
    Set<Place> ALL_BUT_RUNNING = Set.of(Place.WAITING, Place.SCHEDULED, Place.DEAD, Place.PARKED);

    /** What can be sent anew. */
    Set<Place> ENDED = Set.of(Place.DEAD, Place.PARKED);

    /**
     * Deletes jobs. {@link Place#WAITING} needs {@link Capability#WAITING_DELETE}, {@link Place#SCHEDULED} needs {@link
     * Capability#SCHEDULED_LIST}.
     *
     * @param places where they may be; {@link Place#RUNNING} is none
     * @return those that were there and are gone, in the order of {@code ids}
     */
    List<JobId> delete(String queue, Set<Place> places, List<JobId> ids);

    /**
     * Puts jobs ahead of all others of their queue, in this order; those that may have killed a worker ahead of their like.
     * {@link Place#WAITING} needs {@link Capability#PRIORITISE}, {@link Place#SCHEDULED} needs {@link Capability#SCHEDULED_LIST}.
     *
     * @param places {@link Place#WAITING}, {@link Place#SCHEDULED} or both
     * @return those that were there, in the order of {@code ids}
     */
    List<JobId> prioritise(String queue, Set<Place> places, List<JobId> ids);

    /**
     * Sends dead or parked jobs anew, with all their retries, in this order behind what is at the front already.
     *
     * @param places {@link Place#DEAD}, {@link Place#PARKED} or both
     * @return those that were there, in the order of {@code ids}
     */
    List<JobId> replay(String queue, Set<Place> places, List<JobId> ids);

    /**
     * Those that have been dead or parked for longest.
     *
     * @param place {@link Place#DEAD} or {@link Place#PARKED}
     * @param most how many at most, up to {@link #MOST}
     * @return the oldest first
     */
    List<JobId> oldest(String queue, Place place, int most);

    /**
     * Deletes what is in a place, some of it: the next to be leased, the next due, the longest dead first. What workers have fetched
     * ahead is not in the queue any more.
     *
     * @param place any but {@link Place#RUNNING}; {@link Place#SCHEDULED} needs {@link Capability#SCHEDULED_LIST}
     * @param until only those that died then or before; null for all. Of {@link Place#DEAD} alone
     * @param most how many at most, up to {@link #MOST}
     * @return those that are gone; empty if there were none
     */
    List<JobId> purge(String queue, Place place, @Nullable Instant until, int most);

    /** Who works here, in no order. Needs {@link Capability#WORKER_LIST}. */
    List<WorkerInfo> workers();

    /** Which of the asked were found, in the order in which they were asked for. */
    static List<JobId> inOrder(List<JobId> asked, Collection<JobId> found) {
        Set<JobId> all = Set.copyOf(found);
        return asked.stream().distinct().filter(all::contains).toList();
    }

    /** Those of two sets of places that are in both. */
    static Set<Place> both(Set<Place> one, Set<Place> other) {
        Set<Place> both = EnumSet.noneOf(Place.class);
        one.stream().filter(other::contains).forEach(both::add);
        return both;
    }
}
