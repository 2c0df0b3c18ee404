package io.goose.tck;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Runs the same thing on several threads that start at the same moment. */
public final class Together {

    private static final long LIMIT_SECONDS = 300;

    /** What each thread does. */
    @FunctionalInterface
    public interface Part {
        /**
         * @param thread the number of the thread, from 0
         */
        void run(int thread) throws Exception;
    }

    private Together() {}

    /** Runs {@code part} on {@code threads} threads and waits; fails if one fails. */
    public static void run(int threads, Part part) {
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            CountDownLatch start = new CountDownLatch(1);
            ExecutorCompletionService<Void> parts = new ExecutorCompletionService<>(pool);
            for (int i = 0; i < threads; i++) {
                int thread = i;
                parts.submit(() -> {
                    start.await();
                    part.run(thread);
                    return null;
                });
            }
            start.countDown();
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
            for (int i = 0; i < threads; i++) { // the first failure ends the rest
                Future<Void> ended = parts.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                if (ended == null) {
                    throw new AssertionError("not done within " + LIMIT_SECONDS + " s");
                }
                ended.get();
            }
        } catch (ExecutionException failed) {
            throw new AssertionError("a thread failed: " + failed.getCause(), failed.getCause());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", interrupted);
        } finally {
            pool.shutdownNow();
        }
    }
}
