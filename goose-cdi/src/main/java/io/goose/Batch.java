package io.goose;

import io.goose.job.BatchId;
import io.goose.job.BatchState;
import io.goose.job.BatchStatus;
import java.util.Arrays;
import java.util.Optional;

/**
 * A batch that is known by its id, as {@link GooseClient#batch} gives it. Making one asks nobody.
 *
 * <p>Thread-safe. Every method but {@link #id} throws {@link BrokerUnavailableException} if the broker cannot be reached, and
 * {@link UnsupportedCapabilityException} if it keeps no batches. Nothing of this is part of a transaction.
 *
 * @since 0.1
 */
public interface Batch {

    /** The batch's id. */
    BatchId id();

    /** What the batch has come to; empty if there is none, or it has lingered and is gone. */
    Optional<BatchStatus> status();

    /**
     * Adds jobs, with the options of the client. A batch takes more until all of its jobs have ended, so a job can add to its own batch
     * for as long as it runs; if that job runs again, it adds again.
     *
     * @return how many jobs the batch has now
     * @throws BatchOverException if the batch is completed, was cancelled, or is gone
     */
    int add(Iterable<JobCall> calls);

    /** The same. */
    default int add(JobCall... calls) {
        return add(Arrays.asList(calls));
    }

    /**
     * Cancels the batch: its jobs that wait, are scheduled or parked are removed, those that run are told. When they have ended the batch
     * is completed as {@link BatchState#CANCELLED}, unless nothing was left to be cancelled. Repeating it does no harm, and cancels what
     * came in between, such as a job that was on its way to another queue.
     *
     * @return whether it was in progress
     */
    boolean cancel();

    /**
     * Cancels the batch if it is in progress, and forgets it. Jobs that cannot be cancelled any more belong to no batch then.
     *
     * @return whether it was there
     */
    boolean delete();
}
