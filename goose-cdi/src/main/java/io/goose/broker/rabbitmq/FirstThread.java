package io.goose.broker.rabbitmq;

import io.goose.BrokerUnavailableException;
import io.goose.spi.WorkerThreads;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Finds out whether threads run. A server's managed thread may be made and started and yet not begin: Open Liberty gives it the
 * context of its application first, and that waits until the application is initialized. Whoever enqueues in the course of that
 * would wait for a connection, and so for a thread that waits for him. He is told instead. Thread-safe.
 */
final class FirstThread {

    private final WorkerThreads threads;
    private final String name;
    private final Duration patience;
    private final CountDownLatch runs = new CountDownLatch(1);
    private boolean started; // guarded by this
    private long startedNanos; // guarded by this

    /**
     * @param patience how long a thread may take to begin
     */
    FirstThread(WorkerThreads threads, String name, Duration patience) {
        this.threads = threads;
        this.name = name;
        this.patience = patience;
    }

    /**
     * Returns when a thread has begun to run, which is at once but for the first time.
     *
     * @param where what a thread is needed for
     * @throws BrokerUnavailableException if none has in all the time since the first was started
     */
    void mustRun(String where) {
        if (runs.getCount() == 0) {
            return;
        }
        long end = start() + patience.toNanos();
        try {
            if (runs.await(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                return;
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw Faults.unavailable("wait for a thread for a connection", where, stopped);
        }
        throw new BrokerUnavailableException(
                "GOOSE-3097: cannot connect to " + where
                        + ", for the server has let no thread of its managed thread factory"
                        + " run for " + patience
                        + ", as Open Liberty does until an application has been initialized; enqueue"
                        + " when it has, as from a ManagedExecutorService, which runs its tasks then",
                null);
    }

    private synchronized long start() {
        if (!started) {
            Thread first = threads.newThread(name, runs::countDown);
            first.start();
            startedNanos = System.nanoTime();
            started = true;
        }
        return startedNanos;
    }
}
