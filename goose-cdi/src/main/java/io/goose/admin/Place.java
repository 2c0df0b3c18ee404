package io.goose.admin;

/**
 * Where a job of a queue is.
 *
 * @since 0.1
 */
public enum Place {
    /** Ready, in one of the queue's lanes. */
    WAITING,
    /** Leased by a worker. */
    RUNNING,
    /** Waiting for its time: scheduled, to be retried, or released with a delay. */
    SCHEDULED,
    /** Buried: its retries are exhausted or it killed its workers. Kept until replayed, deleted or aged out. */
    DEAD,
    /** Set aside because no worker can run it: unknown handler, encoding or version, or an envelope that cannot be read. */
    PARKED
}
