package io.goose.engine;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what other threads bring about, for as long as a slow machine may need and no longer. */
public final class Eventually {

    /** Far beyond what anything here takes, on a machine with much else to do too; a test that gets this far has failed. */
    public static final Duration PATIENCE = Duration.ofSeconds(60);

    private Eventually() {}

    /** How long an action takes. */
    public static Duration timed(Runnable action) {
        long begun = System.nanoTime();
        action.run();
        return Duration.ofNanos(System.nanoTime() - begun);
    }

    /** Waits until {@code condition} holds; fails if it never does. */
    public static void until(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("it never happened that " + what);
            }
            LockSupport.parkNanos(500_000);
        }
    }

    /** Waits for {@code latch}; fails if it is never counted down. Restores nothing: an interrupt fails the test. */
    public static void await(CountDownLatch latch) {
        try {
            if (!latch.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError("the latch still counts " + latch.getCount());
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for a latch", interrupted);
        }
    }

    /** Waits for {@code latch} whatever interrupts come, as a job does that ignores them. */
    public static void awaitStubbornly(CountDownLatch latch) {
        boolean ended = false;
        while (!ended) {
            try {
                ended = latch.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            } catch (InterruptedException ignoredByTheJob) {
                ended = latch.getCount() == 0;
            }
        }
    }

    /** Takes the next element; fails if there never is one. */
    public static <T> T next(BlockingQueue<T> queue) {
        try {
            T element = queue.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            if (element == null) {
                throw new AssertionError("nothing came");
            }
            return element;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for an element", interrupted);
        }
    }
}
