package io.goose.broker.rabbitmq;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * How much of what a consumer may have on its way has come. A consumer may be cancelled only when nothing is on its way: what a quorum
 * queue has sent to one that is cancelled meanwhile it takes back and marks as delivered before, as if a worker had died
 * (rabbitmq-server issue 3729). Thread-safe.
 */
final class Flow {

    private final int most;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private int open; // guarded by lock: deliveries that have come and have not ended
    private long movedNanos = System.nanoTime(); // guarded by lock: when one came or ended

    /**
     * @param most deliveries that are open at a time
     */
    Flow(int most) {
        this.most = most;
    }

    int most() {
        return most;
    }

    void came() {
        lock.lock();
        try {
            open++;
            movedNanos = System.nanoTime();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Called before the broker is told, which may send the next one then. */
    void ended() {
        lock.lock();
        try {
            open--;
            movedNanos = System.nanoTime();
        } finally {
            lock.unlock();
        }
    }

    /** Whether nothing can be on its way, for as many are open as may be, or is likely to be, for nothing moved for so long. */
    boolean isCalm(long quietNanos) {
        lock.lock();
        try {
            return untilCalm(quietNanos) <= 0;
        } finally {
            lock.unlock();
        }
    }

    /** Whether none has come for so long, and none is open. */
    boolean isUnused(long nanos) {
        lock.lock();
        try {
            return open == 0 && System.nanoTime() - movedNanos > nanos;
        } finally {
            lock.unlock();
        }
    }

    private long untilCalm(long quietNanos) {
        return open >= most ? 0 : quietNanos - (System.nanoTime() - movedNanos);
    }

    /** Waits until it {@link #isCalm}, but no longer than so; nothing should be acknowledged meanwhile. */
    void awaitCalm(long quietNanos, long mostNanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = mostNanos;
            while (left > 0 && untilCalm(quietNanos) > 0) {
                long wait = Math.min(left, untilCalm(quietNanos));
                left -= wait - Math.max(0, changed.awaitNanos(wait));
            }
        } finally {
            lock.unlock();
        }
    }
}
