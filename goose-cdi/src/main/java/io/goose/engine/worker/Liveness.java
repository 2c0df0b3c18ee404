package io.goose.engine.worker;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Whether this worker's leases can still be its own: they can while its last good beat is younger than the lease. A process
 * that was paused for longer must hear from the broker before it starts a leased job. Thread-safe.
 */
final class Liveness {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition beaten = lock.newCondition();
    private final long leaseNanos;
    private final LongSupplier nanoClock;
    private final Map<String, Long> behind =
            new ConcurrentHashMap<>(); // written under lock: queues and their last good beat
    private volatile long lastBeatNanos;
    private volatile boolean ended;

    Liveness(Duration lease, LongSupplier nanoClock) {
        this.leaseNanos = lease.toNanos();
        this.nanoClock = nanoClock;
        this.lastBeatNanos = nanoClock.getAsLong();
    }

    /** Notes a beat that was begun at {@code nanos} and succeeded. */
    void beat(long nanos) {
        beat(nanos, Set.of());
    }

    /** Notes a beat that was begun at {@code nanos} and succeeded for all queues but {@code failed}. */
    void beat(long nanos, Set<String> failed) {
        lock.lock();
        try {
            long before = lastBeatNanos;
            behind.keySet().retainAll(failed);
            failed.forEach(queue -> behind.putIfAbsent(queue, before));
            lastBeatNanos = nanos;
            beaten.signalAll();
        } finally {
            lock.unlock();
        }
    }

    boolean isFresh() {
        return isYoung(lastBeatNanos);
    }

    /** Whether the leases of this queue in particular can still be the worker's. */
    boolean isFresh(String queue) {
        return isYoung(behind.getOrDefault(queue, lastBeatNanos));
    }

    private boolean isYoung(long beatNanos) {
        return nanoClock.getAsLong() - beatNanos < leaseNanos;
    }

    /** Waits until the worker is known to be alive, or ends; returns whether it is alive. */
    boolean awaitFresh() throws InterruptedException {
        return awaitFresh(Long.MAX_VALUE);
    }

    /** The same, but for no longer than {@code nanos}. */
    boolean awaitFresh(long nanos) throws InterruptedException {
        if (isFresh()) {
            return true;
        }
        lock.lockInterruptibly();
        try {
            long left = nanos;
            while (!isFresh() && !ended && left > 0) {
                left = beaten.awaitNanos(left); // only a beat or the end can change it
            }
            return isFresh();
        } finally {
            lock.unlock();
        }
    }

    /** Lets nobody wait any more. */
    void end() {
        lock.lock();
        try {
            ended = true;
            beaten.signalAll();
        } finally {
            lock.unlock();
        }
    }

    Duration sinceLastBeat() {
        return Duration.ofNanos(nanoClock.getAsLong() - lastBeatNanos);
    }
}
