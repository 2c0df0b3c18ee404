package io.goose.spi;

import io.goose.job.QueuedJob;
import java.util.List;

/**
 * What a branch of a distributed transaction does if it commits.
 *
 * @param jobs are sent then; none may have a unique key
 * @param settlements take effect then: jobs that have run to their end, {@link Outcome.Done}, of leases that sessions of this broker
 *     object hold
 * @since 0.1
 */
public record BranchWork(List<QueuedJob> jobs, List<Settlement> settlements) {

    public BranchWork {
        jobs = List.copyOf(jobs);
        settlements = List.copyOf(settlements);
    }

    /** Whether there is nothing to do. */
    public boolean isEmpty() {
        return jobs.isEmpty() && settlements.isEmpty();
    }

    /** Jobs alone. */
    public static BranchWork of(List<QueuedJob> jobs) {
        return new BranchWork(jobs, List.of());
    }
}
