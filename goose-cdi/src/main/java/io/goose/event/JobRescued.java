package io.goose.event;

import io.goose.job.JobId;

/**
 * This server gave back a job that a dead one had. One that it buried for that is told as {@link JobDied}. Immutable.
 *
 * @param broker where
 * @param id the job's id
 * @param suspect whether it could have been running, so that it may be why its worker died; it then runs alone
 * @since 0.1
 */
public record JobRescued(String broker, JobId id, boolean suspect) {}
