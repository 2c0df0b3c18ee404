package io.goose.engine.transaction;

import static java.lang.System.Logger.Level.ERROR;

import io.goose.JobFailureHandler;
import io.goose.JobLost;
import io.goose.engine.retry.FailureLog;
import io.goose.engine.run.JobScope;
import io.goose.job.JobId;
import io.goose.job.QueuedJob;
import io.goose.spi.WorkerThreads;
import java.util.List;

/** Says that jobs are lost or may be: to the log with their ids, and to whoever handles failures. Never throws. Thread-safe. */
final class LostJobs {

    private static final System.Logger LOG = System.getLogger(LostJobs.class.getPackageName());

    private final List<JobFailureHandler> handlers;
    private final JobScope scope;
    private final WorkerThreads threads;

    /**
     * @param scope around the handlers
     * @param threads to call them where the thread that knows of the loss must not be held up
     */
    LostJobs(List<JobFailureHandler> handlers, JobScope scope, WorkerThreads threads) {
        this.handlers = List.copyOf(handlers);
        this.scope = scope;
        this.threads = threads;
    }

    /**
     * The broker did not take them. Calls the handlers.
     *
     * @param jobs at least one
     */
    void report(String broker, List<QueuedJob> jobs, Throwable cause) {
        tell(logged(broker, jobs, cause));
    }

    /** The same on a thread that ends a transaction: another one calls the handlers. */
    void reportAside(String broker, List<QueuedJob> jobs, Throwable cause) {
        tellAside(broker, logged(broker, jobs, cause));
    }

    /** Nobody knows whether their transaction committed; they are not sent. On a thread that ends a transaction. */
    void reportUnknownAside(String broker, List<QueuedJob> jobs) {
        List<JobId> ids = ids(jobs);
        IllegalStateException unknown =
                new IllegalStateException("it is unknown whether the transaction committed that enqueued them");
        FailureLog.log(
                LOG,
                ERROR,
                () ->
                        "GOOSE-4311: the transaction manager does not say whether the transaction committed that enqueued "
                                + ids.size() + " jobs for broker '" + broker + "', and they are not sent: " + ids
                                + "; if its data is there, enqueue them again",
                unknown);
        tellAside(broker, new JobLost(ids, unknown));
    }

    private static List<JobId> ids(List<QueuedJob> jobs) {
        return jobs.stream().map(QueuedJob::id).toList();
    }

    private static JobLost logged(String broker, List<QueuedJob> jobs, Throwable cause) {
        List<JobId> ids = ids(jobs);
        FailureLog.log(
                LOG,
                ERROR,
                () -> "GOOSE-4301: " + ids.size() + " jobs of committed transactions are lost, broker '" + broker
                        + "' did not take them: " + ids + "; enqueue them again",
                cause);
        return new JobLost(ids, cause);
    }

    private void tellAside(String broker, JobLost lost) {
        try {
            threads.newThread("goose-lost-" + broker, () -> tell(lost)).start();
        } catch (RuntimeException | Error none) { // as when the server stops
            nobodyTold(lost, none);
        }
    }

    private static void nobodyTold(JobLost lost, Throwable why) {
        FailureLog.log(LOG, ERROR, () -> "GOOSE-4302: nobody could be told of lost jobs " + lost.ids(), why);
    }

    private void tell(JobLost lost) {
        try {
            JobScope.Open around = scope.open();
            try (around) {
                handlers.forEach(handler -> tell(handler, lost));
            }
        } catch (RuntimeException | Error closed) { // as when the application has gone
            nobodyTold(lost, closed);
        }
    }

    private static void tell(JobFailureHandler handler, JobLost lost) {
        try {
            handler.onLost(lost);
        } catch (RuntimeException | Error broken) {
            FailureLog.log(
                    LOG,
                    ERROR,
                    () -> "GOOSE-4303: the failure handler "
                            + handler.getClass().getName() + " failed for lost jobs " + lost.ids(),
                    broken);
        }
    }
}
