package io.goose.engine.worker;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.INFO;

import io.goose.spi.WorkerThreads;
import java.time.Duration;
import java.util.Collection;
import java.util.List;

/**
 * Runs that ignored their interrupt and outlive their worker: logged with their stack at once, and interrupted and logged
 * again every minute until they end: a server may wait for them with the whole undeploy. A thread of the worker's own kind does it, which ends with the last of them: nothing of the JDK's is left to hold the
 * application's classes.
 */
final class AbandonedRuns {

    private static final System.Logger LOG = System.getLogger(AbandonedRuns.class.getName());

    private final WorkerThreads threads;
    private final String name;
    private final Duration every;

    /**
     * @param name what to call the thread
     * @param every how often they are logged
     */
    AbandonedRuns(WorkerThreads threads, String name, Duration every) {
        this.threads = threads;
        this.name = name;
        this.every = every;
    }

    /** Logs these runs, and again while they last. */
    void report(Collection<LeasedJob> runs) {
        List<LeasedJob> left = log(runs);
        if (left.isEmpty()) {
            return;
        }
        try {
            threads.start(name, () -> watch(left));
        } catch (RuntimeException | Error refused) { // the server makes no threads any more
            LOG.log(
                    INFO,
                    "GOOSE-4020: runs that outlive their worker are not reported again, there is no thread for it",
                    refused);
        }
    }

    private void watch(List<LeasedJob> runs) {
        List<LeasedJob> left = runs;
        try {
            while (!left.isEmpty()) {
                long nextNanos = System.nanoTime() + every.toNanos();
                boolean allEnded = true;
                for (LeasedJob run : left) {
                    allEnded &= run.awaitEnd(nextNanos);
                }
                if (!allEnded) {
                    left.forEach(
                            LeasedJob::interrupt); // the first may have been swallowed, by a connection pool for one
                }
                left = allEnded ? List.of() : log(left);
            }
        } catch (InterruptedException asked) { // the server takes its threads back: this one holds up nobody
            Thread.currentThread().interrupt();
        }
    }

    /** Logs those that still run, and returns them. */
    private static List<LeasedJob> log(Collection<LeasedJob> runs) {
        return runs.stream().filter(AbandonedRuns::log).toList();
    }

    private static boolean log(LeasedJob run) {
        Thread thread = run.runner();
        if (thread == null) {
            return false; // it has ended meanwhile
        }
        String stack = Stacks.of(thread);
        LOG.log(
                ERROR,
                () -> "GOOSE-4007: job " + run.lease().job().id() + " ignores its interrupt and still runs on thread '"
                        + thread.getName()
                        + "' after its worker stopped; its lease is not renewed, so another worker will run it too. Make"
                        + " the job obey Thread.interrupt(), or leave by throwing when JobRun.isCancelled() says so: a"
                        + " return means done. It is at" + stack);
        return true;
    }
}
