package io.goose;

import io.goose.job.JobId;
import java.util.List;
import java.util.Objects;

/**
 * Jobs that a committed transaction had enqueued and that could not be sent afterwards, for good: with
 * {@code goose.transaction=after-commit} only, and only where the broker refused them or was away until the application
 * stopped. They are logged as well. Fired as a CDI event on a thread of Goose, for {@code @Observes} first and then for
 * {@code @ObservesAsync}, and given to {@link JobFailureHandler#onLost}. Immutable.
 *
 * @param ids the ids that the perform methods gave out, in their order; a job of which the last attempt was not answered is
 *     among them and may be there all the same
 * @param cause why
 * @since 0.1
 */
public record JobLost(List<JobId> ids, Throwable cause) {

    public JobLost {
        ids = List.copyOf(ids);
        Objects.requireNonNull(cause, "cause");
    }
}
