package io.goose.event;

import io.goose.job.BatchStatus;

/**
 * All jobs of a batch have ended. Told by each server that made a part of the batch or ended one of its jobs: it looks for itself, soon
 * after a job of the batch has ended there, then every 30 s at the latest. Not told of a batch that is gone when it looks, as one without
 * {@code linger} is. For what must happen once there are callbacks. Immutable.
 *
 * @param broker where it is
 * @param status what it came to
 * @since 0.1
 */
public record BatchCompleted(String broker, BatchStatus status) {}
