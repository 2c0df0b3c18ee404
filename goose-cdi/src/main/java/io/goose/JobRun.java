package io.goose;

import io.goose.job.BatchId;
import io.goose.job.JobId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The run of a job that the calling thread is in. Inject it into a job's bean; it is a proxy on the attempt that this
 * thread runs.
 *
 * <p>Outside a job every method throws {@link IllegalStateException}. Use it on the job's own thread; what a job hands to
 * another thread are the values, not this.
 *
 * @since 0.1
 */
public interface JobRun {

    /** The id, the same in every run of the job. */
    JobId id();

    /** The job's name. */
    String handler();

    /** The number of this run, 1 for the first; raised by failures, not by releases or rescues. */
    int attempt();

    /** How many retries may follow a failure of this run. */
    int retriesLeft();

    /** The queue that this run was leased from. */
    String queue();

    /** When the job was enqueued, by the producer's clock. */
    Instant enqueuedAt();

    /** The time a scheduled job was asked for. */
    Optional<Instant> runAt();

    /** The tick that the job is for, as the schedule of its recurring job gives it; empty if it is none of one. */
    Optional<Instant> tick();

    /** The batch that the job is a member of: {@code goose.batch(run.batch().get()).add(…)} adds to it. */
    Optional<BatchId> batch();

    /**
     * When this run will be interrupted if it has not ended by then: after its timeout or at the job's deadline, whichever
     * comes first, by this host's clock; empty if it has neither.
     */
    Optional<Instant> deadline();

    /** Words for people. */
    List<String> tags();

    /** What travelled with the job beside its arguments. */
    Map<String, String> headers();

    /**
     * A number that grows with each lease of a job on its queue, to fence the job's own effects: a resource that remembers
     * the highest token it saw can refuse a run that lost its lease.
     */
    long token();

    /** Whether the lease was lost, so that another worker may run the job; what this run does from now on may be doubled. */
    boolean isLost();

    /**
     * Whether the job should end soon: it was cancelled, its time is over ({@link #deadline}), its lease was lost, or the
     * worker is stopping and the grace is over.
     *
     * <p>Leave by throwing, whatever exception. A cancelled job is over then; one whose time is over has failed; in the other
     * cases it is released without an attempt and runs again. A return means that the job is done.
     */
    boolean isCancelled();
}
