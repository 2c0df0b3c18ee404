package io.goose.admin;

import io.goose.job.BatchId;
import io.goose.job.BatchStatus;
import java.util.List;
import java.util.Optional;

/**
 * Looks at the batches of a broker and changes them. Inject it for the default broker, or with {@link io.goose.GooseBroker} for another.
 *
 * <p>Thread-safe. Every method throws {@link io.goose.BrokerUnavailableException} if the broker cannot be reached, and
 * {@link io.goose.UnsupportedCapabilityException} if it keeps no batches.
 *
 * @since 0.1
 */
public interface BatchAdmin {

    /** How many batches there are, in progress or lingering; some that have just gone may be counted. */
    long size();

    /**
     * The batches, the youngest first.
     *
     * @param offset how many to skip, at least 0
     * @param limit how many to return at most, 1 to 1000; batches that have just gone are left out
     */
    List<BatchStatus> list(int offset, int limit);

    /** The batch with this id. */
    Optional<BatchStatus> find(BatchId id);

    /** Cancels a batch, as {@link io.goose.Batch#cancel} does; returns whether it was in progress. */
    boolean cancel(BatchId id);

    /** Deletes a batch, as {@link io.goose.Batch#delete} does; returns whether it was there. */
    boolean delete(BatchId id);
}
