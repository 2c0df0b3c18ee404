package io.goose.spi;

import io.goose.admin.Place;
import io.goose.admin.QueueStats;
import io.goose.admin.StoredJob;
import io.goose.job.JobId;
import java.util.List;
import java.util.Optional;

/**
 * State that is looked up: what is scheduled, dead, parked and, where the capability says so, waiting.
 *
 * <p>Thread-safe. Every method throws {@link io.goose.BrokerUnavailableException} if the ledger cannot be reached.
 *
 * @since 0.1
 */
public interface Ledger {

    /** The sizes of a queue; all zero for one that was never used. */
    QueueStats stats(String queue);

    /** The job with this id if it is in this queue. */
    Optional<StoredJob> find(String queue, JobId id);

    /** See {@link io.goose.admin.QueueAdmin#list}. */
    List<StoredJob> list(String queue, Place place, int offset, int limit);

    /** Deletes a job of this queue that is not running; returns whether it was there. */
    boolean delete(String queue, JobId id);

    /** Sends a dead or parked job of this queue anew; of several concurrent calls one returns true. */
    boolean replay(String queue, JobId id);
}
