package io.goose;

import io.goose.job.JobId;
import org.jspecify.annotations.Nullable;

/**
 * A job was sent and the broker did not confirm it, because it did not answer or failed midway: it may or may not be enqueued.
 *
 * <p>If the id was given with the call ({@code goose.with(o -> o.id(JobId.random()))}), repeating the same call is safe: the
 * job is not enqueued twice while it, or its dedupe mark ({@code goose.dedupe.retention}), exists. If the id was drawn by
 * Goose, repeat with {@code goose.with(o -> o.id(e.id()))}: no job is lost, and it is not enqueued twice while it exists;
 * if it has been run meanwhile, it runs once more.
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
