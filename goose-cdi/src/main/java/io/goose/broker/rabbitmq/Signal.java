package io.goose.broker.rabbitmq;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** What a session waits for: that something may be ready, or that somebody wakes it. What came before a wait ends the next one. Thread-safe. */
final class Signal {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition given = lock.newCondition();
    private boolean ready; // guarded by lock

    void give() {
        lock.lock();
        try {
            ready = true;
            given.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void await(Duration most) throws InterruptedException {
        long left = most.toNanos();
        lock.lockInterruptibly();
        try {
            while (!ready && left > 0) {
                left = given.awaitNanos(left);
            }
            ready = false;
        } finally {
            lock.unlock();
        }
    }
}
