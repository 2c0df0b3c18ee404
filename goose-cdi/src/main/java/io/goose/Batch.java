package io.goose;

import io.goose.job.BatchId;
import io.goose.job.BatchState;
import io.goose.job.BatchStatus;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.UnaryOperator;

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
     * <p>They are added in parts of at most 500; what was added when it fails stays added, and is added again if the call is repeated.
     *
     * @return how many jobs the batch has now
     * @throws BatchOverException if the batch is completed, was cancelled, or is gone
     * @throws EnqueueRejectedException if a call does not fit its job, cannot be encoded or is too large
     * @throws IllegalArgumentException if a call is to be unique, which no job of a batch can be, or if the client has an id
     */
    int add(Iterable<JobCall> calls);

    /** The same. */
    default int add(JobCall... calls) {
        return add(Arrays.asList(calls));
    }

    /**
     * Makes a batch that counts as one job of this one: this one is not completed before it is. It counts as succeeded if all of its jobs
     * have, as cancelled if it was, and else as dead. It is kept for at least a day after its completion.
     *
     * <p>A job that makes one and runs again makes another, unless the options have an id. If the call fails half-way repeat it with
     * that id; what was not made after ten minutes, or not completely after an hour, counts as cancelled.
     *
     * @return the id of the inner batch
     * @throws BatchOverException if this batch is completed, was cancelled, or is gone
     * @throws UnsupportedCapabilityException if the broker keeps no batches in batches
     * @see GooseClient#performBatch(BatchOptions, Iterable)
     */
    BatchId addBatch(BatchOptions options, Iterable<JobCall> calls);

    /** The same: {@code batch.addBatch(b -> b.onComplete(Digest::done), calls)}. */
    default BatchId addBatch(UnaryOperator<BatchOptions.Builder> options, Iterable<JobCall> calls) {
        return addBatch(options.apply(BatchOptions.builder()).build(), calls);
    }

    /**
     * Cancels the batch: batches in it are cancelled too; its jobs that wait, are scheduled or parked are removed, those that run are told. When they have ended the batch
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
