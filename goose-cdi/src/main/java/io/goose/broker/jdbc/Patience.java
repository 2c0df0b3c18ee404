package io.goose.broker.jdbc;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How long an idle session waits before it looks again: until a signal from this process, or for a time that grows from 50 ms
 * to a second while there is nothing. Thread-safe.
 */
final class Patience {

    private static final long SHORTEST_MILLIS = 50;
    private static final long LONGEST_MILLIS = 1000;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean ready; // guarded by lock
    private boolean woken; // guarded by lock
    private long millis = SHORTEST_MILLIS; // guarded by lock

    /** A claim was answered. */
    void claimed(boolean something) {
        lock.lock();
        try {
            if (something) {
                millis = SHORTEST_MILLIS;
            }
        } finally {
            lock.unlock();
        }
    }

    void ready() {
        lock.lock();
        try {
            ready = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void wake() {
        lock.lock();
        try {
            woken = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void await(Duration wait) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = Math.min(wait.toNanos(), Duration.ofMillis(millis).toNanos());
            millis = Math.min(millis * 2, LONGEST_MILLIS);
            while (!ready && !woken && left > 0) {
                left = changed.awaitNanos(left);
            }
            ready = false;
            woken = false;
        } finally {
            lock.unlock();
        }
    }
}
