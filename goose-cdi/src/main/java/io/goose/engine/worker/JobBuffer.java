package io.goose.engine.worker;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Leased jobs that no thread has started, in the order of their leases, so that what can have been running at a crash is
 * always the oldest of them. Thread-safe.
 */
final class JobBuffer {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition filled = lock.newCondition();
    private final Condition drained = lock.newCondition();
    private final Deque<LeasedJob> jobs = new ArrayDeque<>(); // guarded by lock
    private int takers; // guarded by lock: threads that wait for a job
    private int running; // guarded by lock: jobs taken and not yet finished
    private int drainMark = -1; // guarded by lock: wakes the dispatcher when outstanding falls to this; -1 for none
    private @Nullable Runnable roomAction; // guarded by lock: runs when outstanding falls to the drain mark
    private boolean closed; // guarded by lock

    /** Adds leased jobs in order; a suspect goes ahead, for it must not wait. Returns false, and adds none, when closed. */
    boolean addAll(Collection<LeasedJob> leased) {
        lock.lock();
        try {
            if (closed) {
                return false;
            }
            for (LeasedJob job : leased) {
                if (job.lease().suspect()) {
                    jobs.addFirst(job);
                } else {
                    jobs.addLast(job);
                }
            }
            for (int i = Math.min(takers, leased.size()); i > 0; i--) {
                filled.signal();
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Takes the next job, waiting for one; null when closed. The taker calls {@link #finished} afterwards. */
    @Nullable LeasedJob take() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (jobs.isEmpty() && !closed) {
                takers++;
                try {
                    filled.await();
                } finally {
                    takers--;
                }
            }
            if (closed) {
                return null;
            }
            running++;
            return jobs.removeFirst();
        } finally {
            lock.unlock();
        }
    }

    /** Notes that a taken job is finished. */
    void finished() {
        Runnable action = null;
        lock.lock();
        try {
            running--;
            if (jobs.size() + running <= drainMark) {
                drainMark = -1;
                drained.signalAll();
                action = roomAction;
                roomAction = null;
            }
        } finally {
            lock.unlock();
        }
        if (action != null) {
            action.run();
        }
    }

    /** Runs {@code action}, which must not block, once at most {@code mark} jobs are outstanding; at once if that is so. */
    void whenOutstanding(int mark, Runnable action) {
        lock.lock();
        try {
            if (jobs.size() + running > mark) {
                drainMark = mark;
                roomAction = action;
                return;
            }
        } finally {
            lock.unlock();
        }
        action.run();
    }

    /** How many jobs were taken and are not finished. */
    int running() {
        lock.lock();
        try {
            return running;
        } finally {
            lock.unlock();
        }
    }

    /** How many jobs are leased and not finished. */
    int outstanding() {
        lock.lock();
        try {
            return jobs.size() + running;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until at most {@code mark} jobs are outstanding, the buffer is closed, or the time is over. */
    void awaitOutstanding(int mark, long nanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = nanos;
            roomAction = null;
            while (jobs.size() + running > mark && !closed && left > 0) {
                drainMark = mark;
                left = drained.awaitNanos(left);
            }
            drainMark = -1;
        } finally {
            lock.unlock();
        }
    }

    /** Removes and returns jobs that have waited for longer than {@code nanos}; these are the oldest. When closed, all. */
    List<LeasedJob> removeUnstarted(long nanos, long nowNanos) {
        lock.lock();
        try {
            List<LeasedJob> unstarted = new ArrayList<>();
            while (!jobs.isEmpty() && (closed || jobs.peekFirst().ageNanos(nowNanos) > nanos)) {
                unstarted.add(jobs.removeFirst());
            }
            return unstarted;
        } finally {
            lock.unlock();
        }
    }

    /** Whether no job waits to be started. */
    boolean isEmpty() {
        lock.lock();
        try {
            return jobs.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** Takes no more jobs and hands none out: what nobody has started stays for {@link #removeUnstarted}. */
    void close() {
        lock.lock();
        try {
            closed = true;
            filled.signalAll();
            drained.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
