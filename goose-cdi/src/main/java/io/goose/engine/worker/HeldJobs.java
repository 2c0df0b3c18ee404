package io.goose.engine.worker;

import io.goose.spi.Lease;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** The leases whose jobs wait in the buffer or run. Thread-safe. */
final class HeldJobs {

    private final ConcurrentMap<String, LeasedJob> byId = new ConcurrentHashMap<>();
    private final WorkerState state;

    HeldJobs(WorkerState state) {
        this.state = state;
    }

    LeasedJob add(Lease lease, long nowNanos) {
        LeasedJob job = new LeasedJob(lease, state, nowNanos);
        byId.put(lease.job().id().value(), job);
        return job;
    }

    void remove(LeasedJob job) {
        byId.remove(job.lease().job().id().value(), job);
    }

    /** Marks the jobs of lost leases, and interrupts those that run. */
    void lost(Collection<Lease> leases) {
        for (Lease lease : leases) {
            LeasedJob job = byId.get(lease.job().id().value());
            if (job != null && job.lease().token() == lease.token()) {
                job.markLost();
            }
        }
    }

    /** The jobs that run at this moment. */
    List<LeasedJob> running() {
        return byId.values().stream().filter(job -> job.runner() != null).toList();
    }
}
