package io.goose.engine.worker;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.WARNING;

import java.time.Duration;
import java.util.Collection;
import java.util.List;

/**
 * Stops workers together: each step is taken with all of them before the next is taken with any, and each wait has one
 * deadline for all, so that no worker uses up the time of another. No more leases; the running jobs get until the deadline,
 * then an interrupt and a second; five seconds for the outcomes and the sessions.
 *
 * <p>An interrupt of the calling thread ends the grace, and nothing else: what runs is interrupted, outcomes are written. The
 * flag is set again at the end. Used once, by one thread.
 */
public final class WorkerStop {

    private static final System.Logger LOG = System.getLogger(WorkerStop.class.getName());
    private static final Duration AFTER_INTERRUPT = Duration.ofSeconds(1);
    private static final Duration FLUSH = Duration.ofSeconds(5);

    private final List<Worker> workers;
    private boolean interrupted;

    private WorkerStop(Collection<Worker> workers) {
        this.workers = List.copyOf(workers);
    }

    /**
     * Stops workers. Ones that were not started are stopped all the same.
     *
     * @param deadlineNanos the end of the grace, in the time of {@link System#nanoTime}
     */
    public static void stop(Collection<Worker> workers, long deadlineNanos) {
        new WorkerStop(workers).run(deadlineNanos);
    }

    private void run(long deadlineNanos) {
        interrupted = Thread.interrupted();
        each("drained", Worker::drain);
        endRuns(deadlineNanos);
        each("flushed", Worker::beginFlush);
        long flushedBy = System.nanoTime() + FLUSH.toNanos();
        each("flushed", worker -> uninterrupted(() -> worker.awaitFlush(flushedBy)));
        each("stopped", Worker::end);
        each("stopped", worker -> uninterrupted(() -> worker.awaitEnd(flushedBy)));
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void endRuns(long deadlineNanos) {
        boolean hurried = interrupted;
        try {
            if (!hurried && awaitRuns(deadlineNanos)) {
                return;
            }
        } catch (InterruptedException hurry) {
            interrupted = true;
            hurried = true;
        }
        if (hurried) {
            LOG.log(WARNING, "GOOSE-4009: the stop was interrupted; the grace ends at once");
        }
        boolean[] any = new boolean[1];
        each("interrupted", worker -> any[0] |= worker.interruptRuns());
        if (any[0]) {
            long end = System.nanoTime() + AFTER_INTERRUPT.toNanos();
            uninterrupted(() -> awaitRuns(end));
        }
    }

    private boolean awaitRuns(long deadlineNanos) throws InterruptedException {
        for (Worker worker : workers) {
            if (!worker.awaitRuns(deadlineNanos)) {
                return false;
            }
        }
        return true;
    }

    private interface Wait {
        void await() throws InterruptedException;
    }

    /** Waits, whatever interrupts come: all these waits are short and have a deadline. */
    private void uninterrupted(Wait wait) {
        boolean waited = false;
        while (!waited) {
            try {
                wait.await();
                waited = true;
            } catch (InterruptedException hurry) {
                interrupted = true;
            }
        }
    }

    private interface StopStep {
        void take(Worker worker);
    }

    /** A worker's trouble is its own: the step is taken with the others all the same. */
    private void each(String what, StopStep step) {
        for (Worker worker : workers) {
            try {
                step.take(worker);
            } catch (RuntimeException | Error unclean) {
                LOG.log(
                        ERROR,
                        "GOOSE-4017: a worker was not " + what + " cleanly; its leases become free by expiry",
                        unclean);
            }
        }
    }
}
