package io.goose.it.server;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** A fault set at a proxy: waits for it to happen, counts it, lifts it. Thread-safe. */
public final class Fault {

    /** Where the connection is cut. */
    enum Point {
        /** The server never sees the request. */
        BEFORE_REQUEST,
        /** The server has executed the request, and nobody hears of it. */
        BEFORE_REPLY
    }

    /** How the connection ends. */
    enum End {
        /** It is closed on both sides. */
        CUT,
        /** Both sides believe in it, and nothing passes any more. */
        SILENCE
    }

    private final Point point;
    private final End end;
    private final Occurrence occurrence;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private int matches; // the proxy's thread only
    private int times; // guarded by lock
    private boolean lifted; // guarded by lock
    private @Nullable RuntimeException failure; // guarded by lock

    Fault(Point point, End end, Occurrence occurrence) {
        this.point = point;
        this.end = end;
        this.occurrence = occurrence;
    }

    Point point() {
        return point;
    }

    boolean isSilent() {
        return end == End.SILENCE;
    }

    /** Whether {@code request} is to be hit. Proxy's thread only. */
    boolean means(RespRequest request) {
        lock.lock();
        try {
            if (lifted || !occurrence.which().test(request)) {
                return false;
            }
            matches++;
            boolean meant = occurrence.meansCount(matches);
            lifted = meant && !occurrence.repeated();
            return meant;
        } catch (RuntimeException e) {
            failure = e;
            changed.signalAll();
            throw e;
        } finally {
            lock.unlock();
        }
    }

    /** The connection has been cut, or is silent. */
    void happened() {
        lock.lock();
        try {
            times++;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** How often it has happened. */
    public int times() {
        lock.lock();
        try {
            return times;
        } finally {
            lock.unlock();
        }
    }

    /** Hits no further request. */
    public void lift() {
        lock.lock();
        try {
            lifted = true;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until it has happened once. */
    public void await(Duration patience) throws InterruptedException {
        await(1, patience);
    }

    /**
     * Waits until it has happened {@code count} times; the connections concerned are closed, or silent, then.
     *
     * @throws AssertionError if it has not within {@code patience}
     */
    public void await(int count, Duration patience) throws InterruptedException {
        long nanos = patience.toNanos();
        lock.lockInterruptibly();
        try {
            while (times < count) {
                if (failure != null) {
                    throw new AssertionError("the fault's predicate failed", failure);
                }
                if (nanos <= 0) {
                    throw new AssertionError(
                            "the fault happened " + times + " times in " + patience + ", not " + count + " times");
                }
                nanos = changed.awaitNanos(nanos);
            }
        } finally {
            lock.unlock();
        }
    }
}
