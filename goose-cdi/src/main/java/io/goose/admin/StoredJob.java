package io.goose.admin;

import io.goose.job.QueuedJob;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A job as it is stored at one moment. Immutable.
 *
 * @param job the envelope and record
 * @param place where it is
 * @param note why it is parked; null elsewhere
 * @since 0.1
 */
public record StoredJob(
        QueuedJob job, Place place, @Nullable String note) {

    public StoredJob {
        Objects.requireNonNull(job, "job");
        Objects.requireNonNull(place, "place");
    }
}
