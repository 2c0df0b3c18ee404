package io.goose.event;

import io.goose.job.JobId;
import java.time.Duration;

/**
 * A run of a job failed here and will be followed by another. Told when that is decided. Immutable.
 *
 * @param broker where the job was leased
 * @param id the job's id
 * @param handler what ran it
 * @param queue where it was leased
 * @param attempt the number of the run, from 1
 * @param took how long user code ran
 * @param failure what it threw, without the wrappers of servers; its message may quote arguments
 * @since 0.1
 */
public record JobFailed(
        String broker, JobId id, String handler, String queue, int attempt, Duration took, Throwable failure) {}
