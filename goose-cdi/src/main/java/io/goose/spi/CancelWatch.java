package io.goose.spi;

import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * For brokers that no notice tells of cancellations: looks for them twice a second, on a thread of its own, so that a worker
 * whose threads are all busy hears of one within a second and not with its heartbeat only. Thread-safe.
 *
 * @since 0.1
 */
public final class CancelWatch implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(CancelWatch.class.getName());

    private static final Duration BETWEEN = Duration.ofMillis(500);
    private static final Duration LAST = Duration.ofSeconds(2);

    private final WorkerThreads threads;
    private final Runnable look;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private @Nullable Thread thread; // guarded by this
    private boolean failed; // watching thread only

    /**
     * @param threads where the thread comes from
     * @param look tells the sessions of what was asked for since; should ask nothing while they hold no lease. What it throws is
     *     logged, and it is called again
     */
    public CancelWatch(WorkerThreads threads, Runnable look) {
        this.threads = threads;
        this.look = look;
    }

    /** Begins to look, if that has not begun; for when a session opens. Without a thread heartbeats alone tell. */
    public synchronized void start() {
        if (thread != null || stopped.getCount() == 0) {
            return;
        }
        try {
            Thread made = threads.newThread("goose-cancels", this::run);
            made.start();
            thread = made;
        } catch (RejectedExecutionException none) {
            LOG.log(
                    Level.WARNING,
                    "GOOSE-2321: there is no thread that looks for cancellations, so running jobs are told of theirs with the"
                            + " heartbeat of their worker; see why the server makes no threads",
                    none);
        }
    }

    private void run() {
        try {
            while (!stopped.await(BETWEEN.toMillis(), TimeUnit.MILLISECONDS)) {
                lookOnce();
            }
        } catch (InterruptedException end) {
            Thread.currentThread().interrupt();
        }
    }

    private void lookOnce() {
        try {
            look.run();
            failed = false;
        } catch (Throwable away) { // whatever a driver, a pool or a server throws: looking goes on
            LOG.log(
                    failed ? Level.DEBUG : Level.INFO,
                    "GOOSE-2322: it could not be looked at which jobs are to be cancelled; that is tried again, and heartbeats"
                            + " tell too: {0}",
                    String.valueOf(away));
            failed = true;
        }
    }

    /** Ends the looking, and waits for one that is under way. */
    @Override
    public void close() {
        stopped.countDown();
        Thread last;
        synchronized (this) {
            last = thread;
        }
        if (last == null || last == Thread.currentThread()) {
            return;
        }
        try {
            last.join(LAST.toMillis());
            if (last.isAlive()) {
                last.interrupt();
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }
}
