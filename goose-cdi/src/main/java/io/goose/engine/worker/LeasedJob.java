package io.goose.engine.worker;

import io.goose.engine.run.LeaseWatch;
import io.goose.spi.Lease;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A lease that this worker holds, from the claim until its outcome is decided or it is given back. */
final class LeasedJob implements LeaseWatch {

    private final Lease lease;
    private final WorkerState worker;
    private final long leasedNanos;
    private volatile boolean lost;
    private volatile boolean untold;
    private @Nullable Thread runner; // guarded by this
    private boolean interrupted; // guarded by this

    LeasedJob(Lease lease, WorkerState worker, long leasedNanos) {
        this.lease = lease;
        this.worker = worker;
        this.leasedNanos = leasedNanos;
    }

    Lease lease() {
        return lease;
    }

    long ageNanos(long nowNanos) {
        return nowNanos - leasedNanos;
    }

    /** Notes that the calling thread runs the job now; false if the lease is lost, so that it must not. */
    synchronized boolean start() {
        if (lost) {
            return false;
        }
        runner = Thread.currentThread();
        return true;
    }

    /** Notes that the run is over, and clears an interrupt that was meant for it. */
    synchronized void ended() {
        runner = null;
        notifyAll();
        if (interrupted) {
            // Ours, or the server's while it stops; the next job must not inherit it.
            boolean cleared = Thread.interrupted();
            assert cleared || !Thread.currentThread().isInterrupted();
        }
    }

    /** Interrupts the run, if it is under way; returns whether it is. */
    synchronized boolean interrupt() {
        if (runner == null) {
            return false;
        }
        interrupted = true;
        runner.interrupt();
        return true;
    }

    /** Waits for the end of the run until {@code nanos}, in the time of {@link System#nanoTime}; whether it came. */
    synchronized boolean awaitEnd(long nanos) throws InterruptedException {
        while (runner != null) {
            long left = nanos - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            TimeUnit.NANOSECONDS.timedWait(this, Math.max(left, 1_000_000));
        }
        return true;
    }

    /** The thread that runs the job; null before and after. */
    synchronized @Nullable Thread runner() {
        return runner;
    }

    /** Notes that the lease is lost, and interrupts the run, if it is under way; returns whether it is. */
    synchronized boolean markLost() {
        lost = true;
        return interrupt();
    }

    /** Notes that its outcome could not be handed on. */
    void markUntold() {
        untold = true;
    }

    boolean isUntold() {
        return untold;
    }

    @Override
    public boolean isLost() {
        return lost;
    }

    @Override
    public synchronized boolean isInterrupted() {
        return interrupted;
    }

    @Override
    public boolean isStopping() {
        return worker.isStopping();
    }
}
