package io.goose.engine.worker;

import io.goose.spi.Lease;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;

/** The leases whose jobs wait in the buffer or run. Thread-safe. */
final class HeldJobs {

    private final ConcurrentMap<Key, LeasedJob> byLease = new ConcurrentHashMap<>();
    private final AtomicInteger untold = new AtomicInteger();
    private final WorkerState state;

    /** A job may be held twice: its lost run has not ended yet, and this worker leased it again. */
    private record Key(String id, long token) {
        private static Key of(Lease lease) {
            return new Key(lease.job().id().value(), lease.token());
        }
    }

    HeldJobs(WorkerState state) {
        this.state = state;
    }

    LeasedJob add(Lease lease, long nowNanos) {
        LeasedJob job = new LeasedJob(lease, state, nowNanos);
        byLease.put(Key.of(lease), job);
        return job;
    }

    void remove(LeasedJob job) {
        if (byLease.remove(Key.of(job.lease()), job) && job.isUntold()) {
            untold.decrementAndGet();
        }
    }

    /**
     * Notes that the outcome of a job could not be handed on, so that its lease has to go back. It stays held until then.
     * Allocates nothing: memory may be what there was none of.
     */
    void untold(LeasedJob job) {
        job.markUntold();
        untold.incrementAndGet();
    }

    boolean hasUntold() {
        return untold.get() > 0;
    }

    /** The jobs whose outcome could not be handed on. */
    List<LeasedJob> untold() {
        return hasUntold()
                ? byLease.values().stream().filter(LeasedJob::isUntold).toList()
                : List.of();
    }

    /** Marks the jobs of lost leases, and interrupts those that run; returns how many do. */
    int lost(Collection<Lease> leases) {
        int running = 0;
        for (Lease lease : leases) {
            LeasedJob job = byLease.get(Key.of(lease));
            if (job != null && job.markLost()) {
                running++;
            }
        }
        return running;
    }

    /** The jobs that run at this moment. */
    List<LeasedJob> running() {
        return byLease.values().stream().filter(job -> job.runner() != null).toList();
    }
}
