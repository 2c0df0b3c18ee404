package io.goose.engine.run;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import io.goose.Discard;
import io.goose.JobExpiredException;
import io.goose.JobFailureHandler;
import io.goose.JobRun;
import io.goose.JobTimeoutException;
import io.goose.Snooze;
import io.goose.engine.handler.JobDefinition;
import io.goose.engine.retry.FailureLog;
import io.goose.engine.retry.RetryDecision;
import io.goose.job.DeliveryState;
import io.goose.job.Envelope;
import io.goose.job.JobId;
import io.goose.spi.Lease;
import io.goose.spi.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Decides what a job comes to that was not run to its end, and tells who wants to know. Thread-safe. */
final class Endings {

    private static final System.Logger LOG = System.getLogger(Endings.class.getName());

    private final RetryDecision retries;
    private final List<JobFailureHandler> handlers;
    private final InstantSource clock;
    private final LoggedFailure logged;

    Endings(RetryDecision retries, List<JobFailureHandler> handlers, InstantSource clock, LoggedFailure logged) {
        this.retries = retries;
        this.handlers = handlers;
        this.clock = clock;
        this.logged = logged;
    }

    /** Tells what became of a job that was not begun; returns the same. */
    Outcome told(JobDefinition job, Attempt attempt, Outcome over) {
        boolean cancelled = over instanceof Outcome.Cancelled;
        tell(job, attempt, cancelled ? JobFailureHandler::onCancelled : JobFailureHandler::onExpired);
        return over;
    }

    /** What a job comes to that is not to be begun any more; null if it is. */
    @Nullable Outcome unbegun(Lease lease, @Nullable Envelope envelope, LeaseWatch watch) {
        if (watch.isCancelled()) {
            logCancelled(lease.job().id(), "before it was begun");
            return new Outcome.Cancelled();
        }
        Instant deadline = envelope == null ? null : envelope.deadline().orElse(null);
        if (deadline == null || clock.instant().isBefore(deadline)) {
            return null;
        }
        logExpired(lease.job().id(), deadline, "before it was begun");
        return new Outcome.Expired();
    }

    private static void logCancelled(JobId id, String when) {
        LOG.log(INFO, () -> "GOOSE-4120: job " + id + " was cancelled " + when + "; it is removed");
    }

    private static void logExpired(JobId id, Instant deadline, String when) {
        LOG.log(
                WARNING,
                () -> "GOOSE-4122: the deadline of job " + id + ", " + deadline + ", passed " + when
                        + "; it is removed. If this happens often, give its queue more workers, or the job more time");
    }

    /** Says that a job was cancelled in vain. */
    void completed(Attempt attempt) {
        if (attempt.watch().isCancelled()) {
            LOG.log(
                    INFO,
                    () -> "GOOSE-4121: job " + attempt.id() + " (" + attempt.handler()
                            + ") was cancelled, but ran to its end all the same; it is done");
        }
    }

    /** Decides after a failure. */
    Outcome failed(JobDefinition job, Attempt attempt, Throwable thrown) {
        Throwable failure = Causes.unwrap(thrown);
        if (failure instanceof Discard) {
            return Outcome.Done.INSTANCE; // the job itself says that it need not be done any more
        }
        LeaseWatch watch = attempt.watch();
        if (watch.isCancelled()) { // whatever it threw: it may well be because of that
            logCancelled(attempt.id(), "while it ran");
            tell(job, attempt, JobFailureHandler::onCancelled);
            return new Outcome.Cancelled();
        }
        if (watch.isOverdue()) {
            return afterFailure(job, attempt, attempt.overdue(failure));
        }
        boolean stopped = watch.isLost() || watch.isInterrupted();
        if (stopped || (attempt.stopping() && Causes.isServerStopping(thrown))) {
            return Outcome.Release.NOW; // ended by our stop, not by a fault of its own: no attempt is counted
        }
        if (failure instanceof Snooze snooze) {
            return snoozed(job, attempt, RetryDecision.bounded(snooze.delay()));
        }
        return afterFailure(job, attempt, failure);
    }

    private Outcome snoozed(JobDefinition job, Attempt attempt, Duration delay) {
        Instant deadline = attempt.envelope().deadline().orElse(null);
        if (deadline != null && !clock.instant().plus(delay).isBefore(deadline)) {
            logExpired(attempt.id(), deadline, "while it snoozed, or would have");
            tell(job, attempt, JobFailureHandler::onExpired);
            return new Outcome.Expired();
        }
        return new Outcome.Snooze(delay);
    }

    private Outcome afterFailure(JobDefinition job, Attempt attempt, Throwable failure) {
        DeliveryState state = attempt.lease().job().state();
        Envelope envelope = attempt.envelope();
        Instant now = clock.instant();
        if (failure instanceof JobExpiredException
                || retries.isLast(envelope, state, failure, job.settings().noRetryOn())) {
            return dead(job, attempt, failure, now);
        }
        Outcome.Retry retry = retries.retry(envelope, attempt.queue(), state, failure, now);
        Instant deadline = envelope.deadline().orElse(null);
        if (deadline != null && !now.plus(retry.after()).isBefore(deadline)) {
            String message = "GOOSE-4127: job " + attempt.id() + " (" + attempt.handler()
                    + ") is not retried, for the next run would be due in " + retry.after() + ", after its deadline "
                    + deadline + "; the cause is why this run failed";
            return dead(job, attempt, new JobExpiredException(message, failure), now);
        }
        FailureLog.log(
                LOG,
                WARNING,
                () -> "GOOSE-4104: job " + attempt.id() + " (" + attempt.handler() + ")" + logged.shown(job, attempt)
                        + " failed in attempt " + attempt.attempt() + " and will be retried",
                logged.masked(job, attempt, failure));
        tell(job, attempt, (handler, run) -> handler.onError(run, failure));
        return retry;
    }

    private Outcome dead(JobDefinition job, Attempt attempt, Throwable failure, Instant now) {
        FailureLog.log(
                LOG,
                ERROR,
                () -> "GOOSE-4105: job " + attempt.id() + " (" + attempt.handler() + ")" + logged.shown(job, attempt)
                        + " died in attempt " + attempt.attempt(),
                logged.masked(job, attempt, failure));
        attempt.watch().died();
        tell(job, attempt, (handler, run) -> handler.onDeath(run, failure));
        return retries.death(attempt.envelope(), attempt.lease().job().state(), failure, now);
    }

    private void tell(JobDefinition job, Attempt attempt, Told told) {
        if (JobDefinition.isOwn(attempt.handler())) {
            return; // the application knows nothing of that job
        }
        for (JobFailureHandler handler : handlers) {
            try {
                told.by(handler, attempt);
            } catch (Throwable broken) { // a handler never changes a job's fate
                FailureLog.log(
                        LOG,
                        ERROR,
                        () -> "GOOSE-4106: the failure handler "
                                + handler.getClass().getName() + " failed for job " + attempt.id()
                                + "; the job's fate is unchanged",
                        logged.masked(job, attempt, broken));
            }
        }
    }

    @FunctionalInterface
    private interface Told {
        void by(JobFailureHandler handler, JobRun run);
    }

    /** The failure of a run that took too long. */
    static Throwable tooLong(Attempt attempt, Instant limit, @Nullable Duration timeout, Throwable thrown) {
        String what = "job " + attempt.id() + " (" + attempt.handler() + ") ";
        return timeout != null
                ? new JobTimeoutException(
                        "GOOSE-4126: " + what + "took longer than its timeout of " + timeout
                                + " and was interrupted; give it more time, or less to do in one run",
                        thrown)
                : new JobExpiredException(
                        "GOOSE-4127: " + what + "was interrupted, for its deadline " + limit
                                + " passed while it ran; it is not retried",
                        thrown);
    }
}
