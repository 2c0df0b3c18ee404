package io.goose.spi;

import io.goose.job.JobId;
import java.util.Objects;

/**
 * What became of one job of a send. Immutable.
 *
 * @since 0.1
 */
public sealed interface SendResult {

    /** The job is as durable as the broker is configured to be. */
    record Accepted() implements SendResult {
        /** The only value there need be. */
        public static final Accepted INSTANCE = new Accepted();
    }

    /** A job with this id, or the unique job that this one would repeat, is there already; nothing was added. */
    record Exists(JobId id) implements SendResult {
        public Exists {
            Objects.requireNonNull(id, "id");
        }
    }

    /**
     * The unique job that this one would repeat was not begun, and has the envelope of this one now, and its time if that was asked
     * for. It keeps its id, which is another than the one in the envelope.
     */
    record Replaced(JobId id) implements SendResult {
        public Replaced {
            Objects.requireNonNull(id, "id");
        }
    }

    /** Whether the job is unique is decided later, when it is relayed. */
    record Deferred(JobId id) implements SendResult {
        public Deferred {
            Objects.requireNonNull(id, "id");
        }
    }

    /** The broker refuses this job; repeating it is useless. Nothing was added. */
    record Rejected(String code, String message) implements SendResult {}

    /**
     * The broker could not be asked, did not answer, or failed midway.
     *
     * @param sent whether the broker may have received the job; if false, nothing was added
     * @param cause what went wrong
     */
    record Unknown(boolean sent, Throwable cause) implements SendResult {}
}
