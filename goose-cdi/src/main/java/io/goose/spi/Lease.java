package io.goose.spi;

import io.goose.job.QueuedJob;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

/**
 * The right of one session to run one job.
 *
 * @param job the job as it was when leased; its envelope may be one that cannot be read
 * @param token the fence: a number drawn by the claim, growing within a queue; every settle compares it
 * @param suspect whether the job may have killed its worker before; it is then the only suspect of its session
 * @param unknownFor for how long, by the broker's clock, no live session has known how to run it; zero if one does or nobody
 *     has asked
 * @param redelivered whether the job may have been leased before and come back without being sent anew; only a transport that
 *     is to be joined with a ledger need say so
 * @since 0.1
 */
public record Lease(QueuedJob job, long token, boolean suspect, Duration unknownFor, boolean redelivered) {

    public Lease {
        Objects.requireNonNull(job, "job");
        Objects.requireNonNull(unknownFor, "unknownFor");
    }

    /** The lease of a job that is not known to be unknown. */
    public Lease(QueuedJob job, long token, boolean suspect) {
        this(job, token, suspect, Duration.ZERO, false);
    }

    /** The same lease of a job that has been leased before. */
    public Lease asRedelivered() {
        return new Lease(job, token, suspect, unknownFor, true);
    }

    /** The lease of a job as the broker has it at {@code now}, by its own clock. */
    public static Lease of(QueuedJob job, long token, boolean suspect, Instant now) {
        Instant since = job.state().unknownSince();
        boolean known = since == null || now.isBefore(since);
        return new Lease(job, token, suspect, known ? Duration.ZERO : Duration.between(since, now), false);
    }
}
