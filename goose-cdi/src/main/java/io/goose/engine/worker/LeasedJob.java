package io.goose.engine.worker;

import io.goose.engine.run.LeaseWatch;
import io.goose.job.BatchId;
import io.goose.spi.Effect;
import io.goose.spi.Lease;
import io.goose.spi.MemberState;
import io.goose.spi.Outcome;
import io.goose.spi.Settlement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A lease that this worker holds, from the claim until its outcome is decided or it is given back. */
final class LeasedJob implements LeaseWatch {

    private static final long LONGEST_NANOS = Long.MAX_VALUE / 4; // any longer, and times would pass each other

    private final Lease lease;
    private final WorkerState worker;
    private final RunWatch watch;
    private final long leasedNanos;
    private volatile boolean lost;
    private volatile boolean untold;
    private volatile boolean cancelled;
    private volatile boolean overdue;
    private volatile boolean dead;
    private volatile long startedNanos;
    private volatile long limitNanos; // 0 for none
    private long reportedNanos; // heart only: how long it had run when it was last reported as stuck
    private @Nullable Thread runner; // guarded by this
    private boolean interrupted; // guarded by this: for whatever reason
    private boolean stopped; // guarded by this: interrupted because the worker stops, or the lease is lost
    private boolean inBody; // guarded by this: user code runs
    private @Nullable List<RunTimers.Timer> timers; // guarded by this; null if there was none

    LeasedJob(Lease lease, WorkerState worker, RunWatch watch, long leasedNanos) {
        this.lease = lease;
        this.worker = worker;
        this.watch = watch;
        this.leasedNanos = leasedNanos;
    }

    Lease lease() {
        return lease;
    }

    @Override
    public void died() {
        dead = true;
    }

    @Override
    public boolean hasDied() {
        return dead;
    }

    /** What settles the lease: what was decided, and what the job has become for its batch where that does not say it. */
    Settlement settlement(Settlement decided) {
        Optional<BatchId.Member> member = dead && decided.outcome() instanceof Outcome.Done
                ? BatchId.ofMember(lease.job().id())
                : Optional.empty();
        if (member.isEmpty()) {
            return decided;
        }
        List<Effect> effects = new ArrayList<>(decided.effects());
        effects.add(new Effect.BatchMark(member.get().batch(), member.get().index(), MemberState.DEAD));
        return new Settlement(lease, decided.outcome(), effects);
    }

    long ageNanos(long nowNanos) {
        return nowNanos - leasedNanos;
    }

    /** Notes that the calling thread runs the job now; false if the lease is lost, so that it must not. */
    synchronized boolean start() {
        if (lost) {
            return false;
        }
        startedNanos = watch.now();
        runner = Thread.currentThread();
        return true;
    }

    /** Notes that the run is over, and clears an interrupt that was meant for it. */
    synchronized void ended() {
        runner = null;
        if (timers != null) {
            timers.forEach(watch.timers()::cancel);
            timers = null;
        }
        notifyAll();
        if (interrupted) {
            // Ours, or the server's while it stops; the next job must not inherit it.
            boolean cleared = Thread.interrupted();
            assert cleared || !Thread.currentThread().isInterrupted();
        }
    }

    /** Interrupts the run because the worker stops, if it is under way; returns whether it is. */
    synchronized boolean interrupt() {
        if (runner == null) {
            return false;
        }
        stopped = true;
        interrupted = true;
        runner.interrupt();
        return true;
    }

    @Override
    public synchronized void bodyBegins(@Nullable Duration limit) {
        inBody = true;
        if (limit != null) {
            long nanos = nanos(limit);
            limitNanos = Math.max(1, nanos);
            at(nanos, this::tookTooLong);
        }
        if (cancelled) { // a moment ago
            endForCancellation();
        }
    }

    private static long nanos(Duration time) {
        if (time.isNegative()) {
            return 0;
        }
        return time.compareTo(Duration.ofNanos(LONGEST_NANOS)) > 0 ? LONGEST_NANOS : time.toNanos();
    }

    /** Called with this locked. */
    private void at(long nanos, Runnable action) {
        List<RunTimers.Timer> all = timers == null ? new ArrayList<>(2) : timers;
        all.add(watch.timers().after(nanos, action));
        timers = all;
    }

    private synchronized void tookTooLong() {
        if (mayBeEnded() && !cancelled) {
            overdue = true;
            endIt("its timeout or deadline passed");
        }
    }

    /** Notes that the job was cancelled, and has the run end, if it is under way. */
    synchronized void cancel() {
        if (cancelled) {
            return;
        }
        cancelled = true;
        endForCancellation();
    }

    /** Called with this locked. */
    private void endForCancellation() {
        if (!mayBeEnded()) {
            return;
        }
        long grace = nanos(watch.cancelGrace());
        if (grace == 0) {
            endIt("it was cancelled");
        } else {
            at(grace, this::graceIsOver);
        }
    }

    private synchronized void graceIsOver() {
        if (mayBeEnded()) {
            endIt("it was cancelled");
        }
    }

    /** Whether user code runs, which nothing else has interrupted. Called with this locked. */
    private boolean mayBeEnded() {
        return runner != null && inBody && !stopped;
    }

    /** Called with this locked. */
    private void endIt(String why) {
        interrupted = true;
        if (runner != null) {
            runner.interrupt();
        }
        at(RunWatch.AGAIN.toNanos(), () -> endAgain(why));
    }

    private void endAgain(String why) {
        Thread thread;
        synchronized (this) {
            thread = mayBeEnded() ? runner : null;
            if (thread != null) { // the first may have been swallowed, by a connection pool for one
                endIt(why);
            }
        }
        if (thread != null) {
            watch.ignores(this, thread, why);
        }
    }

    @Override
    public synchronized void bodyEnded() {
        inBody = false;
        if (interrupted && !stopped) { // what is left to do needs connections, which would not work with it
            boolean cleared = Thread.interrupted();
            assert cleared || !Thread.currentThread().isInterrupted();
        }
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

    long runningNanos(long nowNanos) {
        return nowNanos - startedNanos;
    }

    /** From when on the run is suspicious: one that has a limit may take that long. */
    long stuckAfterNanos(long otherwise) {
        return Math.max(otherwise, limitNanos);
    }

    /** Whether a run of this age is to be reported as stuck: once, and whenever it took twice as long. Called by the heart. */
    boolean isToBeReported(long age, long after) {
        boolean due = age >= Math.max(after, 2 * reportedNanos);
        if (due) {
            reportedNanos = age;
        }
        return due;
    }

    @Override
    public boolean isLost() {
        return lost;
    }

    @Override
    public synchronized boolean isInterrupted() {
        return stopped;
    }

    @Override
    public boolean isCancelled() {
        return cancelled;
    }

    @Override
    public boolean isOverdue() {
        return overdue;
    }

    @Override
    public boolean isStopping() {
        return worker.isStopping();
    }
}
