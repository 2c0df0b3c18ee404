package io.goose;

import io.goose.job.JobId;
import java.time.Instant;
import java.util.Optional;

/**
 * One job on its way to the broker.
 *
 * <p>Used on the caller's thread, during {@link EnqueueMiddleware#around} only.
 *
 * @since 0.1
 */
public interface EnqueueInvocation {

    /** What is to be enqueued. */
    JobCall call();

    /**
     * What the caller set, as changed by the middlewares further out. What is unset here the job's annotation decides: that
     * of the call that is enqueued in the end, see {@link #declared}.
     */
    JobOptions options();

    /** What the annotation of the called job says, as far as it is known here. */
    JobOptions declared();

    /** The broker that the job goes to. */
    String broker();

    /** The time the job is scheduled for; empty for at once. */
    Optional<Instant> runAt();

    /** Goes on with the call and options as they are. */
    default JobId proceed() {
        return proceed(call(), options());
    }

    /**
     * Goes on with another call or other options. Where many jobs are enqueued at once, this returns the id and the job is
     * sent together with the others afterwards.
     */
    JobId proceed(JobCall call, JobOptions options);
}
