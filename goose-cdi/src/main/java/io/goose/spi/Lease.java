package io.goose.spi;

import io.goose.job.QueuedJob;
import java.util.Objects;

/**
 * The right of one session to run one job.
 *
 * @param job the job as it was when leased; its envelope may be one that cannot be read
 * @param token the fence: a number drawn by the claim, growing within a queue; every settle compares it
 * @param suspect whether the job may have killed its worker before; it is then the only suspect of its session
 * @since 0.1
 */
public record Lease(QueuedJob job, long token, boolean suspect) {

    public Lease {
        Objects.requireNonNull(job, "job");
    }
}
