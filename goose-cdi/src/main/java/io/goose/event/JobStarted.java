package io.goose.event;

import io.goose.job.JobId;

/**
 * A run of a job began here. Immutable.
 *
 * @param broker where it was leased
 * @param id the job's id
 * @param handler what runs it
 * @param queue where it was leased
 * @param attempt the number of the run, from 1
 * @since 0.1
 */
public record JobStarted(String broker, JobId id, String handler, String queue, int attempt) {}
