package io.goose;

import io.goose.job.CancelResult;
import io.goose.job.JobId;
import java.time.Duration;
import java.util.Optional;

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
     * @throws BrokerUnavailableException if the broker could not be reached; nobody knows then whether the job is cancelled,
     *     and the call can be repeated
     * @throws UnsupportedCapabilityException if the broker cannot cancel
     */
    CancelResult cancel(JobId id);

    /**
     * What is known of a job: where it is, or how it ended if its result is {@linkplain JobOptions.Builder#keepResult kept}. The queue of
     * the job is looked for, as of {@link #cancel}: this asks all queues of the broker.
     *
     * @throws BrokerUnavailableException if the broker could not be reached
     * @throws UnsupportedCapabilityException if the broker keeps neither states nor results
     */
    JobStatus status(JobId id);

    /**
     * Waits until a job has ended, or is gone without a trace after it was seen. Looks now and then, at first after 5 ms, at last every
     * second, on the calling thread. Not for a thread that the job itself needs, as in a job with one worker.
     *
     * @param atMost how long; a job that has not ended by then is returned as it is
     * @return what was known at last
     * @throws InterruptedException if the thread is interrupted
     */
    JobStatus await(JobId id, Duration atMost) throws InterruptedException;

    /**
     * Waits for the result of a job, see {@link #await(JobId, Duration)}.
     *
     * @return what its method returned; empty if that was null or nothing
     * @throws JobNotSucceededException if it did not end well, or not in time
     */
    default <T> Optional<T> await(JobId id, Class<T> type, Duration atMost) throws InterruptedException {
        JobStatus status = await(id, atMost);
        if (status.state() != JobStatus.State.SUCCEEDED) {
            throw new JobNotSucceededException(
                    "GOOSE-2285: job " + id + " has no result: it is " + status.state() + " after " + atMost
                            + (status.state() == JobStatus.State.UNKNOWN
                                    ? "; of one that has ended the result is kept only if that was asked for (keepResult), and"
                                            + " only for a time"
                                    : ""),
                    status);
        }
        return status.result(type);
    }
}
