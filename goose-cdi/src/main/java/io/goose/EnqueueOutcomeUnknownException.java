package io.goose;

import io.goose.job.JobId;
import org.jspecify.annotations.Nullable;

/**
 * A job was sent and the broker did not answer: it may or may not be enqueued. Repeating the call with
 * {@code goose.with(o -> o.id(e.id()))} is safe: while the job, or its dedupe mark, exists it is not enqueued twice.
 *
 * @since 0.1
 */
public final class EnqueueOutcomeUnknownException extends GooseException {

    private final String idText;

    public EnqueueOutcomeUnknownException(JobId id, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.idText = id.value();
    }

    /** The id of the job whose fate is unknown. */
    public JobId id() {
        return new JobId(idText);
    }
}
