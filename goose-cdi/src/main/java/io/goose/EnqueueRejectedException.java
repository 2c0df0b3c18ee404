package io.goose;

import io.goose.job.JobId;
import org.jspecify.annotations.Nullable;

/**
 * A job was not accepted; nothing was enqueued and repeating the same call is useless.
 *
 * @since 0.1
 */
public final class EnqueueRejectedException extends GooseException {

    private final String code;
    private final @Nullable String idText;

    public EnqueueRejectedException(String code, @Nullable JobId id, String message, @Nullable Throwable cause) {
        super(code + ": " + message, cause);
        this.code = code;
        this.idText = id == null ? null : id.value();
    }

    /** The code at the beginning of the message. */
    public String code() {
        return code;
    }

    /** The job's id; null if none was drawn yet. */
    public @Nullable JobId id() {
        return idText == null ? null : new JobId(idText);
    }
}
