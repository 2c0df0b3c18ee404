package io.goose.spi;

/**
 * What a broker can do beyond sending, leasing and settling. Declared ones pass the broker contract; others throw.
 *
 * @since 0.1
 */
public enum Capability {
    /** Holds a job until its time. */
    DELAY,
    /** Lists and counts scheduled jobs. */
    SCHEDULED_LIST,
    /** Lists ready jobs. */
    WAITING_LIST,
    /** Finds a ready job by id. */
    WAITING_FIND,
    /** Deletes a ready job by id. */
    WAITING_DELETE,
    /** Moves a ready job to the front. */
    PRIORITISE,
    /** Says who works here. */
    WORKER_LIST,
    /** Pauses a queue for the whole cluster. */
    PAUSE,
    /** Gives a job that a worker does not know at once to one that does. */
    HANDLER_ROUTING,
    /** Keeps recurring jobs. */
    CRON,
    /** Keeps batches, and says when their jobs have ended. */
    BATCH,
    /** Adds no second job with the same key. */
    UNIQUE,
    /** Holds jobs back that are beyond a limit. */
    LIMITS,
    /** Cancels jobs that wait, and tells the sessions that have one. */
    CANCEL,
    /** Keeps how jobs ended and what they returned, where that is asked for. */
    STATUS,
    /** An enqueue can be part of the caller's transaction. */
    JOINS_TRANSACTION,
    /** A settle can be part of the job's transaction. */
    TRANSACTIONAL_SETTLE,
    /** Keeps branches of distributed transactions. */
    BRANCHES
}
