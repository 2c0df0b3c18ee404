package io.goose.job;

/**
 * What cancelling a job came to.
 *
 * @since 0.1
 */
public enum CancelResult {
    /** The job had not been begun, or waited to be run again. It was removed and will not run. */
    REMOVED,
    /**
     * A worker has the job. It is told, and what it does is up to the job: if it throws, it ends as cancelled and is never run
     * again; if it returns all the same, it is done.
     */
    ASKED,
    /** No job with this id waits or runs: it has ended, was buried, is in a transaction that has not ended, or never was. */
    NOT_FOUND
}
