package io.goose.engine.transaction;

import static java.lang.System.Logger.Level.ERROR;

import io.goose.JobFailureHandler;
import io.goose.JobLost;
import io.goose.engine.retry.FailureLog;
import io.goose.engine.run.JobScope;
import io.goose.job.JobId;
import io.goose.job.QueuedJob;
import java.util.List;

/** Says that jobs are lost: to the log with their ids, and to whoever handles failures. Thread-safe. */
final class LostJobs {

    private static final System.Logger LOG = System.getLogger(LostJobs.class.getPackageName());

    private final List<JobFailureHandler> handlers;
    private final JobScope scope;

    /**
     * @param scope around the handlers
     */
    LostJobs(List<JobFailureHandler> handlers, JobScope scope) {
        this.handlers = List.copyOf(handlers);
        this.scope = scope;
    }

    /**
     * Never throws.
     *
     * @param jobs at least one
     */
    void report(String broker, List<QueuedJob> jobs, Throwable cause) {
        List<JobId> ids = jobs.stream().map(QueuedJob::id).toList();
        FailureLog.log(
                LOG,
                ERROR,
                () -> "GOOSE-4301: " + ids.size() + " jobs of committed transactions are lost, broker '" + broker
                        + "' did not take them: " + ids + "; enqueue them again",
                cause);
        JobLost lost = new JobLost(ids, cause);
        try {
            JobScope.Open around = scope.open();
            try (around) {
                handlers.forEach(handler -> tell(handler, lost));
            }
        } catch (RuntimeException | Error closed) { // as when the application has gone
            FailureLog.log(LOG, ERROR, () -> "GOOSE-4302: nobody could be told of lost jobs " + ids, closed);
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
