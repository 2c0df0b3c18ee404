package io.goose.engine.worker;

import io.goose.job.JobId;
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
    private final RunWatch watch;

    /** A job may be held twice: its lost run has not ended yet, and this worker leased it again. */
    private record Key(String id, long token) {
        private static Key of(Lease lease) {
            return new Key(lease.job().id().value(), lease.token());
        }
    }

    HeldJobs(WorkerState state, RunWatch watch) {
        this.state = state;
        this.watch = watch;
    }

    LeasedJob add(Lease lease, long nowNanos) {
        LeasedJob job = new LeasedJob(lease, state, watch, nowNanos);
        Key key = Key.of(lease);
        byLease.put(key, job);
        if (watch.forget(key)) {
            job.cancel();
        }
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

    /** Notes that somebody asked for the cancellation of a job whose lease is here, or perhaps on its way. */
    void cancel(JobId id, long token) {
        Key key = new Key(id.value(), token);
        watch.remember(key); // first: whoever adds it meanwhile sees this, or is found
        LeasedJob job = byLease.get(key);
        if (job != null) {
            watch.forget(key);
            job.cancel();
        }
    }

    /** The jobs that run at this moment. */
    List<LeasedJob> running() {
        return byLease.values().stream().filter(job -> job.runner() != null).toList();
    }
}
