package io.goose.it.inbound;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/** Counts jobs that run, and the time from the first to the last. Thread-safe. */
final class InboundCount {

    private static final AtomicLong FIRST = new AtomicLong();
    private static volatile CountDownLatch left = new CountDownLatch(0);

    private InboundCount() {}

    static void begin(int jobs) {
        FIRST.set(0);
        left = new CountDownLatch(jobs);
    }

    static void count() {
        FIRST.compareAndSet(0, System.nanoTime());
        left.countDown();
    }

    static long awaitNanos(long most, TimeUnit unit) throws InterruptedException, TimeoutException {
        if (!left.await(most, unit)) {
            throw new TimeoutException(left.getCount() + " jobs did not run");
        }
        return System.nanoTime() - FIRST.get();
    }
}
