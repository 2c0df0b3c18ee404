package io.goose.engine.worker;

import static java.lang.System.Logger.Level.WARNING;

import io.goose.spi.WorkerThreads;
import java.util.Iterator;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Does something at a time, for runs that are limited. One thread does it, which begins with the first: a worker whose jobs
 * have no limits has none. Thread-safe.
 */
final class RunTimers {

    private static final System.Logger LOG = System.getLogger(RunTimers.class.getName());

    private static final long LONGEST_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final WorkerThreads threads;
    private final LongSupplier nanoClock;
    private final Loop loop;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final TreeSet<Timer> timers = new TreeSet<>(RunTimers::compare); // guarded by lock
    private long numbers; // guarded by lock
    private boolean begun; // guarded by lock
    private volatile boolean ended; // written under lock

    /** What is done at a time; may be taken back. */
    static final class Timer {
        private final long nanos;
        private final long number;
        private final Runnable action;

        private Timer(long nanos, long number, Runnable action) {
            this.nanos = nanos;
            this.number = number;
            this.action = action;
        }
    }

    /**
     * @param name what to call the thread
     */
    RunTimers(WorkerThreads threads, String name, LongSupplier nanoClock) {
        this.threads = threads;
        this.nanoClock = nanoClock;
        this.loop = new Loop(name, this::step, () -> ended);
    }

    private static int compare(Timer one, Timer other) {
        long later = one.nanos - other.nanos; // by subtraction: the time may overflow
        return later != 0 ? Long.signum(later) : Long.compare(one.number, other.number);
    }

    /** Runs {@code action}, which must not block, after {@code nanos}. */
    Timer after(long nanos, Runnable action) {
        lock.lock();
        try {
            Timer timer = new Timer(nanoClock.getAsLong() + nanos, numbers++, action);
            timers.add(timer);
            if (timers.first() == timer) {
                changed.signalAll();
            }
            begin();
            return timer;
        } finally {
            lock.unlock();
        }
    }

    /** Called with the lock held. */
    private void begin() {
        if (begun || ended) {
            return;
        }
        try {
            loop.start(threads);
            begun = true;
        } catch (RuntimeException | Error refused) { // the server makes no threads any more: it is about to stop
            LOG.log(
                    WARNING,
                    "GOOSE-4124: runs are not ended at their timeout, deadline or cancellation, for there is no thread for"
                            + " that; it is tried again with the next",
                    refused);
        }
    }

    void cancel(Timer timer) {
        lock.lock();
        try {
            timers.remove(timer);
        } finally {
            lock.unlock();
        }
    }

    /** Does what is due now; returns in how many nanoseconds the next is, at most a minute. */
    long fire() {
        Timer due = nextDue();
        while (due != null) {
            due.action.run();
            due = nextDue();
        }
        lock.lock();
        try {
            return untilNext();
        } finally {
            lock.unlock();
        }
    }

    /** Called with the lock held. */
    private long untilNext() {
        return timers.isEmpty() ? LONGEST_NANOS : Math.min(LONGEST_NANOS, timers.first().nanos - nanoClock.getAsLong());
    }

    private @Nullable Timer nextDue() {
        lock.lock();
        try {
            Iterator<Timer> first = timers.iterator();
            Timer timer = first.hasNext() ? first.next() : null;
            if (timer == null || timer.nanos - nanoClock.getAsLong() > 0) {
                return null;
            }
            first.remove();
            return timer;
        } finally {
            lock.unlock();
        }
    }

    private void step() throws InterruptedException {
        long next = fire();
        lock.lockInterruptibly();
        try {
            long left = Math.min(next, untilNext()); // what has come since has signalled in vain
            while (left > 0 && !ended) {
                left = Math.min(changed.awaitNanos(left), untilNext());
            }
        } finally {
            lock.unlock();
        }
    }

    /** Ends the thread, if there is one. */
    void end() {
        lock.lock();
        try {
            ended = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    Loop loop() {
        return loop;
    }
}
