package io.goose.event;

import io.goose.job.JobId;
import java.time.Duration;

/**
 * A run of a job succeeded here, or threw {@link io.goose.Discard}. Told when that is decided; a crash before it is written runs the job
 * again. Immutable.
 *
 * @param broker where the job was leased
 * @param id the job's id
 * @param handler what ran it
 * @param queue where it was leased
 * @param attempt the number of the run, from 1
 * @param took how long user code ran
 * @since 0.1
 */
public record JobSucceeded(String broker, JobId id, String handler, String queue, int attempt, Duration took) {}
