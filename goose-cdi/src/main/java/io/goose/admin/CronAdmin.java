package io.goose.admin;

import io.goose.job.JobId;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Looks at the recurring jobs of a broker and changes them. Inject it for the default broker, or with
 * {@link io.goose.GooseBroker} for another.
 *
 * <p>Thread-safe. Every method throws {@link io.goose.BrokerUnavailableException} if the broker cannot be reached, and
 * {@link io.goose.UnsupportedCapabilityException} if it keeps no recurring jobs. Entries that a later version of Goose has written and
 * this one cannot read are counted and can be deleted, but are not shown.
 *
 * @since 0.1
 */
public interface CronAdmin {

    /** How many entries there are. */
    long size();

    /**
     * The entries in the order of their names.
     *
     * @param offset how many to skip, at least 0
     * @param limit how many to return at most, 1 to 1000
     */
    List<StoredCron> list(int offset, int limit);

    /** The entry with this name. */
    Optional<StoredCron> find(String name);

    /**
     * The next ticks of an entry, by its schedule from now on, whether or not it is paused and without its jitter.
     *
     * @param count how many, 1 to 1000
     * @return in order; empty if there is no such entry
     */
    List<Instant> nextTicks(String name, int count);

    /**
     * Stops the ticks of an entry. The jobs of former ticks are left alone.
     *
     * @return whether it is there and was not paused
     */
    boolean pause(String name);

    /**
     * Ends a pause; ticks whose time came during the pause are not made up for.
     *
     * @return whether it is there and was paused
     */
    boolean resume(String name);

    /**
     * Enqueues a job of the entry at once, paused or not. Its ticks go on as they would have.
     *
     * @return the job's id; empty if there is no such entry
     */
    Optional<JobId> runNow(String name);

    /**
     * Deletes an entry. The jobs of former ticks are left alone.
     *
     * @return whether it was there
     */
    boolean delete(String name);

    /**
     * Deletes several entries, one by one.
     *
     * @return how many of them were there
     */
    int delete(Collection<String> names);

    /**
     * Deletes all entries, one by one.
     *
     * @return how many there were
     */
    int deleteAll();
}
