package io.goose.engine.observe;

import io.goose.job.QueuedJob;
import java.time.Duration;
import java.util.List;

/**
 * Jobs that were enqueued in one call.
 *
 * @param broker where
 * @param jobs those that were added; at least one
 * @param took how long the call waited for the broker
 */
public record Enqueuing(String broker, List<QueuedJob> jobs, Duration took) {
    public Enqueuing {
        jobs = List.copyOf(jobs);
    }

    /** The name of a job's handler, without decoding the rest of it. */
    public static String handler(QueuedJob job) {
        return Peek.handler(job.envelope());
    }
}
