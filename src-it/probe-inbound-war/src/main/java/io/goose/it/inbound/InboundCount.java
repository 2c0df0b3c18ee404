package io.goose.it.inbound;

import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/** Counts jobs that run, and the time from the first to the last. Thread-safe. */
final class InboundCount {

    private static final AtomicLong FIRST = new AtomicLong();
    private static final AtomicReference<CountDownLatch> LEFT = new AtomicReference<>(new CountDownLatch(0));

    private InboundCount() {}

    private static CountDownLatch left() {
        return Objects.requireNonNull(LEFT.get(), "left");
    }

    static void begin(int jobs) {
        FIRST.set(0);
        LEFT.set(new CountDownLatch(jobs));
    }

    static void count() {
        FIRST.compareAndSet(0, System.nanoTime());
        left().countDown();
    }

    static long awaitNanos(long most, TimeUnit unit) throws InterruptedException, TimeoutException {
        CountDownLatch left = left();
        if (!left.await(most, unit)) {
            throw new TimeoutException(left.getCount() + " jobs did not run");
        }
        return System.nanoTime() - FIRST.get();
    }
}
