package io.goose.event;

import io.goose.job.JobId;

/**
 * A job was enqueued from this application. One that was enqueued in a transaction is told when it is bound to that, so before the commit;
 * one that was there already is not told. Immutable.
 *
 * @param broker where
 * @param id its id
 * @param handler what will run it
 * @param queue where it waits
 * @since 0.1
 */
public record JobEnqueued(String broker, JobId id, String handler, String queue) {}
