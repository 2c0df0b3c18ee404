package io.goose.engine.client;

import io.goose.GooseException;
import io.goose.JobStatus;
import io.goose.spi.WorkerThreads;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Waits for the ends of jobs for all who do not want to spend a thread on it: one thread looks for all of them, and is there only while
 * there are some and a little longer. Thread-safe.
 */
public final class Awaiting {

    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long STOP_MILLIS = TimeUnit.SECONDS.toMillis(5);

    private final WorkerThreads threads;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final PriorityQueue<Waiter> waiters = // guarded by lock
            new PriorityQueue<>(Comparator.comparingLong(waiter -> waiter.dueNanos - waiter.zero));
    private final long zero = System.nanoTime();
    private @Nullable Thread thread; // guarded by lock
    private boolean stopped; // guarded by lock

    public Awaiting(WorkerThreads threads) {
        this.threads = threads;
    }

    /** Somebody who waits; changed by the thread that looks. */
    private static final class Waiter {
        private final Vigil vigil;
        private final CompletableFuture<JobStatus> told = new CompletableFuture<>();
        private final long zero;
        private long dueNanos;

        private Waiter(Vigil vigil, long zero) {
            this.vigil = vigil;
            this.zero = zero;
            this.dueNanos = System.nanoTime();
        }
    }

    /** What is to be said in the end; completed on the thread that looks. */
    CompletableFuture<JobStatus> begin(Vigil vigil) {
        Waiter waiter = new Waiter(vigil, zero);
        lock.lock();
        try {
            if (stopped) {
                waiter.told.completeExceptionally(over());
                return waiter.told;
            }
            if (thread == null) {
                Thread made = threads.newThread("goose-awaiting", this::run);
                made.start();
                thread = made;
            }
            waiters.add(waiter);
            changed.signalAll();
        } catch (RuntimeException none) { // no thread, as when the server stops
            waiter.told.completeExceptionally(none);
        } finally {
            lock.unlock();
        }
        return waiter.told;
    }

    private static GooseException over() {
        return new Stopped(
                "GOOSE-2314: nobody looks any more for the end of this job, for Goose was stopped; ask for its status"
                        + " where it runs");
    }

    private static final class Stopped extends GooseException {
        private static final long serialVersionUID = 1;

        private Stopped(String message) {
            super(message, null);
        }
    }

    private void run() {
        Waiter next = next();
        while (next != null) {
            look(next);
            next = next();
        }
    }

    /** The next one for whom to look, when it is time; null if there is none for a while, or all is over. */
    private @Nullable Waiter next() {
        lock.lock();
        try {
            long idleFrom = System.nanoTime();
            while (!stopped) {
                Waiter first = waiters.peek();
                long now = System.nanoTime();
                long pause = first == null ? IDLE_NANOS - (now - idleFrom) : first.dueNanos - now;
                if (pause <= 0) {
                    if (first == null) {
                        thread = null; // the next who waits has another one
                        return null;
                    }
                    return waiters.poll();
                }
                changed.awaitNanos(pause);
            }
        } catch (InterruptedException end) {
            thread = null; // of the server, which gives no other then; or by somebody's stage, and the next has another
            // thread
        } finally {
            lock.unlock();
        }
        giveUp();
        return null;
    }

    private void look(Waiter waiter) {
        if (waiter.told.isDone()) {
            return; // whoever waited has cancelled it
        }
        try {
            JobStatus last = waiter.vigil.look();
            if (last != null) {
                waiter.told.complete(last);
                return;
            }
        } catch (RuntimeException | Error failed) {
            waiter.told.completeExceptionally(failed);
            return;
        }
        waiter.dueNanos = System.nanoTime() + waiter.vigil.pauseNanos();
        lock.lock();
        try {
            waiters.add(waiter);
        } finally {
            lock.unlock();
        }
    }

    private void giveUp() {
        Waiter left;
        do {
            lock.lock();
            try {
                left = waiters.poll();
            } finally {
                lock.unlock();
            }
            if (left != null) {
                left.told.completeExceptionally(over());
            }
        } while (left != null);
    }

    /** Ends the thread within some seconds; whoever waits is told so. */
    public void stop() {
        Thread last;
        lock.lock();
        try {
            stopped = true;
            last = thread;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (last != null && last != Thread.currentThread()) {
            try {
                last.join(STOP_MILLIS);
            } catch (InterruptedException hurry) {
                Thread.currentThread().interrupt();
            }
        }
        giveUp();
    }
}
