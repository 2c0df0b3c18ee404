package io.goose;

import io.goose.job.CancelResult;
import io.goose.job.JobId;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * What is asked of a job that was enqueued, by its id. Every {@link GooseClient} is one. Thread-safe.
 *
 * @since 0.1
 */
public interface JobLookup {

    /**
     * Cancels a job, wherever it is: one that waits, is scheduled or waits to be retried is removed; a worker that has it is
     * told, wherever it runs, and {@link JobRun#isCancelled()} says so there. The run is interrupted after
     * {@code goose.cancel.grace}, by default at once, and never retried. Not part of a transaction: it happens at once,
     * and does not see jobs that were enqueued in one that has not ended.
     *
     * <p>The queue of the job is looked for: this asks all queues of the broker. A job that goes to another queue at this moment,
     * to be retried there, is found there.
     *
     * @return what was found; {@link CancelResult#NOT_FOUND} also of a job that has ended
     * @throws NullPointerException if the id is null
     * @throws BrokerUnavailableException if the broker could not be reached; nobody knows then whether the job is cancelled,
     *     and the call can be repeated
     * @throws UnsupportedCapabilityException if the broker cannot cancel
     */
    CancelResult cancel(JobId id);

    /**
     * What is known of a job: where it is, or how it ended if its result is {@linkplain JobOptions.Builder#keepResult kept}. The queue of
     * the job is looked for, as of {@link #cancel}: this asks all queues of the broker.
     *
     * @throws NullPointerException if the id is null
     * @throws BrokerUnavailableException if the broker could not be reached
     * @throws UnsupportedCapabilityException if the broker keeps neither states nor results
     */
    JobStatus status(JobId id);

    /**
     * Waits until a job has ended, or is gone without a trace after it was seen. Looks now and then, at first after 5 ms, at last every
     * second, on the calling thread. Not for a thread that the job itself needs, as in a job with one worker.
     *
     * @param atMost how long; a job that has not ended by then is returned as it is. Zero or negative looks once
     * @return what was known at last
     * @throws NullPointerException if the id is null
     * @throws InterruptedException if the thread is interrupted
     * @throws BrokerUnavailableException if the broker could not be reached at one of the looks; the waiting is over, and can be begun anew
     * @throws UnsupportedCapabilityException if the broker keeps neither states nor results
     */
    JobStatus await(JobId id, Duration atMost) throws InterruptedException;

    /**
     * Waits for the result of a job, see {@link #await(JobId, Duration)}.
     *
     * @return what its method returned; empty if that was null or nothing
     * @throws JobNotSucceededException if it did not end well, or not in time
     * @throws IllegalArgumentException if the result is no such type, or its encoding is not known here
     * @throws InterruptedException if the thread is interrupted
     * @throws BrokerUnavailableException if the broker could not be reached at one of the looks
     * @throws UnsupportedCapabilityException if the broker keeps neither states nor results
     */
    default <T> Optional<T> await(JobId id, Class<T> type, Duration atMost) throws InterruptedException {
        return result(await(id, atMost), type, atMost);
    }

    /**
     * Waits as {@link #await(JobId, Duration)} does, without a thread: one thread looks for all who wait. What depends on the stage runs
     * on that thread, so it must not block; use the {@code Async} methods of the stage for more.
     *
     * <p>Cancelling the stage as a {@link java.util.concurrent.CompletableFuture} ends the waiting, not the job.
     *
     * @param atMost how long; a job that has not ended by then is given as it is. Zero or negative looks once
     * @return what was known at last; or what {@code await} would throw, or a {@link GooseException} when Goose is stopped meanwhile
     * @throws NullPointerException if the id is null
     */
    CompletionStage<JobStatus> awaitAsync(JobId id, Duration atMost);

    /**
     * Waits for the result of a job, see {@link #awaitAsync(JobId, Duration)}.
     *
     * @return what its method returned, empty if that was null or nothing; or what {@link #await(JobId, Class, Duration)} would throw
     */
    default <T> CompletionStage<Optional<T>> awaitAsync(JobId id, Class<T> type, Duration atMost) {
        return awaitAsync(id, atMost).thenApply(status -> result(status, type, atMost));
    }

    private static <T> Optional<T> result(JobStatus status, Class<T> type, Duration atMost) {
        if (status.state() != JobStatus.State.SUCCEEDED) {
            throw new JobNotSucceededException(
                    "GOOSE-2285: job " + status.id() + " has no result: it is " + status.state() + " after " + atMost
                            + (status.state() == JobStatus.State.UNKNOWN
                                    ? "; of one that has ended the result is kept only if that was asked for"
                                            + " (keepResult), and only for a time"
                                    : ""),
                    status);
        }
        return status.result(type);
    }
}
