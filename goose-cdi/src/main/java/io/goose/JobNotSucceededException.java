package io.goose;

/**
 * A job whose result was awaited has ended otherwise, or has not ended in time.
 *
 * @since 0.1
 */
public final class JobNotSucceededException extends GooseException {

    private static final long serialVersionUID = 1L;

    private final transient JobStatus status;

    public JobNotSucceededException(String message, JobStatus status) {
        super(message, null);
        this.status = status;
    }

    /** What was known of the job at last; null after serialization. */
    public JobStatus status() {
        return status;
    }
}
