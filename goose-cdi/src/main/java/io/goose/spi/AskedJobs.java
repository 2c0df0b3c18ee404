package io.goose.spi;

import io.goose.job.JobId;
import java.time.Duration;
import java.util.Collection;
import java.util.Set;

/**
 * The jobs of a transport whose cancellation was asked for and that a session has, or will get: ids that a {@link GuardedLedger}
 * keeps, and that every session looks at with each beat. An id stays until a session has seen to it, and no longer than
 * {@link #KEPT}. They are few.
 *
 * <p>Thread-safe. Every method throws {@link io.goose.BrokerUnavailableException} if the ledger cannot be reached, and may be
 * called again then.
 *
 * @since 0.1
 */
public interface AskedJobs {

    /** How long an id is kept that nobody sees to. */
    Duration KEPT = Duration.ofHours(24);

    /** How many are told at a time. */
    int MOST = 10_000;

    /** Notes that a job is to be cancelled. */
    void add(JobId id);

    /** All of them, or {@link #MOST}. */
    Set<JobId> all();

    /** Says that these have been seen to. */
    void remove(Collection<JobId> ids);
}
