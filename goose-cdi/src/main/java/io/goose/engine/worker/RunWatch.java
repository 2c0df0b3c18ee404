package io.goose.engine.worker;

import static java.lang.System.Logger.Level.WARNING;

import io.goose.engine.run.RunLimits;
import io.goose.spi.WorkerThreads;
import java.time.Duration;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Watches over the time that runs take, and over cancellations. It ends what must end, says what does not end although it must,
 * and what goes on for suspiciously long. Thread-safe.
 */
final class RunWatch {

    private static final System.Logger LOG = System.getLogger(RunWatch.class.getName());

    /** How often a run that ignores its interrupt is interrupted and reported again: its thread is lost until it ends. */
    static final Duration AGAIN = Duration.ofMinutes(1);

    /** How many stacks are printed at one look: where all threads hang at the same place, a few tell it. */
    static final int MOST_STACKS = 5;

    /** How long it is remembered that a lease is to be cancelled which is not here: its claim may be under way. */
    private static final long UNHELD_NANOS = TimeUnit.MINUTES.toNanos(1);

    private static final int MOST_UNHELD = 10_000;

    private final RunLimits limits;
    private final RunTimers timers;
    private final LongSupplier nanoClock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Object, Long> unheld = new LinkedHashMap<>(); // guarded by lock: since when, the oldest first
    private volatile boolean anyUnheld; // written under lock
    private volatile int stuck;

    /**
     * @param name what to call the thread
     */
    RunWatch(RunLimits limits, WorkerThreads threads, String name, LongSupplier nanoClock) {
        this.limits = limits;
        this.nanoClock = nanoClock;
        this.timers = new RunTimers(threads, name, nanoClock);
    }

    RunTimers timers() {
        return timers;
    }

    long now() {
        return nanoClock.getAsLong();
    }

    /** How long a cancelled run is left to end by itself. */
    Duration cancelGrace() {
        return limits.cancelGrace();
    }

    /** Remembers that a lease is to be cancelled that may be on its way here. */
    void remember(Object lease) {
        lock.lock();
        try {
            long now = now();
            unheld.put(lease, now);
            Iterator<Long> oldest = unheld.values().iterator();
            while (oldest.hasNext() && (now - oldest.next() > UNHELD_NANOS || unheld.size() > MOST_UNHELD)) {
                oldest.remove();
            }
            anyUnheld = true;
        } finally {
            lock.unlock();
        }
    }

    /** Forgets that a lease is to be cancelled; returns whether that was so. */
    boolean forget(Object lease) {
        if (!anyUnheld) {
            return false;
        }
        lock.lock();
        try {
            boolean was = unheld.remove(lease) != null;
            anyUnheld = !unheld.isEmpty();
            return was;
        } finally {
            lock.unlock();
        }
    }

    /** Says that a run was interrupted and goes on all the same. */
    void ignores(LeasedJob run, Thread thread, String why) {
        LOG.log(
                WARNING,
                () -> "GOOSE-4123: job " + run.lease().job().id() + " still runs on thread '" + thread.getName()
                        + "' a minute or more after it was interrupted because " + why
                        + "; it is interrupted again every minute, and keeps its thread and its lease until it ends. Make the"
                        + " job obey Thread.interrupt(), or ask JobRun.isCancelled(). It is at" + Stacks.of(thread));
    }

    /** Looks for runs that go on for suspiciously long, and reports each once, and again whenever it took twice as long. */
    void look(Collection<LeasedJob> running) {
        if (limits.stuckAfter().isZero()) {
            return;
        }
        long now = now();
        int found = 0;
        int reported = 0;
        int unprinted = 0;
        for (LeasedJob run : running) {
            long after = run.stuckAfterNanos(limits.stuckAfter().toNanos());
            long age = run.runningNanos(now);
            if (age < after) {
                continue;
            }
            found++;
            if (run.isToBeReported(age, after)) {
                if (reported < MOST_STACKS && report(run, age)) {
                    reported++;
                } else {
                    unprinted++;
                }
            }
        }
        stuck = found;
        if (unprinted > 0) {
            LOG.log(
                    WARNING,
                    "GOOSE-4125: {0} more jobs have run for longer than goose.stuck.after={1}, or twice what it was when"
                            + " they were reported last; their stacks are left out",
                    unprinted,
                    limits.stuckAfter());
        }
    }

    private boolean report(LeasedJob run, long age) {
        Thread thread = run.runner();
        if (thread == null) {
            return false;
        }
        Duration time = Duration.ofSeconds(TimeUnit.NANOSECONDS.toSeconds(age));
        LOG.log(
                WARNING,
                () -> "GOOSE-4125: job " + run.lease().job().id() + " of queue '"
                        + run.lease().job().queue() + "' has run for " + time + " on thread '" + thread.getName()
                        + "', longer than goose.stuck.after=" + limits.stuckAfter()
                        + "; it goes on, and is reported again when it took twice as long. If it may take so long, give it a"
                        + " timeout; if it hangs, this is where:" + Stacks.of(thread));
        return true;
    }

    /** How many runs the last look found to go on for suspiciously long. */
    int stuck() {
        return stuck;
    }
}
