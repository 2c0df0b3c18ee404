package io.goose.engine.run;

import static java.lang.System.Logger.Level.ERROR;

import io.goose.JobFailureHandler;
import io.goose.Middleware;
import io.goose.engine.handler.JobCatalogue;
import io.goose.engine.handler.JobDefinition;
import io.goose.engine.observe.Observation;
import io.goose.engine.observe.RunSeen;
import io.goose.engine.retry.RetryDecision;
import io.goose.spi.ArgumentCodec;
import io.goose.spi.Lease;
import io.goose.spi.Outcome;
import io.goose.spi.Session;
import io.goose.spi.Settlement;
import io.goose.spi.SurroundingTransaction;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Runs a leased job on the calling thread and says how it ended. This is the one place where an outcome is decided.
 *
 * <p>Thread-safe. Never throws what user code throws; what the surroundings throw when they are opened it does throw.
 */
public final class JobRunner implements LeaseRunner {

    private static final System.Logger LOG = System.getLogger(JobRunner.class.getName());

    private final JobCatalogue catalogue;
    private final JobReader reader;
    private final JobBody body;
    private final RunScopes scopes;
    private final Surroundings around;
    private final Endings endings;
    private final @Nullable InTransaction transactional;
    private final LeftTransactions left;

    /**
     * What is around a run.
     *
     * @param middlewares outermost first
     * @param failureHandlers in order
     * @param scope around user code
     * @param current where a run can be looked up
     * @param clock wall-clock time
     * @param transaction what user code may leave open on its thread
     * @param observation who is told
     */
    public record Surroundings(
            List<Middleware> middlewares,
            List<JobFailureHandler> failureHandlers,
            JobScope scope,
            CurrentRun current,
            InstantSource clock,
            SurroundingTransaction transaction,
            Observation observation) {}

    /**
     * How long things may take, and what is said of those that fail.
     *
     * @param unknownPatience how long a job that no worker knows is offered before it is parked
     * @param timeout of one run, where the job has none; zero for none
     * @param logArguments whether the arguments of jobs that fail are logged
     */
    public record Times(Duration unknownPatience, Duration timeout, boolean logArguments) {}

    /**
     * @param codecs the encodings of arguments that it can read, by name
     * @param transactional null if the broker or the host cannot complete jobs in their transactions
     */
    public JobRunner(
            JobCatalogue catalogue,
            Map<String, ArgumentCodec> codecs,
            Surroundings around,
            RetryDecision retries,
            Times times,
            @Nullable InTransaction transactional) {
        this.catalogue = catalogue;
        this.around = around;
        this.endings =
                new Endings(retries, around.failureHandlers(), around.clock(), new LoggedFailure(times.logArguments()));
        this.reader = new JobReader(catalogue, codecs, around.observation(), retries, times, endings);
        this.body = new JobBody(around, times);
        this.scopes = new RunScopes(around.scope());
        this.transactional = transactional;
        this.left = new LeftTransactions(around.transaction());
    }

    @Override
    public Optional<Settlement> run(Lease lease, LeaseWatch watch, Session session) {
        JobReader.Job read = reader.read(lease, watch);
        if (read == null) {
            return Optional.of(reader.passedOn(lease, watch));
        }
        JobDefinition job = read.definition();
        Attempt attempt = read.attempt();
        Optional<Outcome> outcome = job.settings().transactional() && transactional == null
                ? Optional.of(untransactional(job, attempt))
                : execute(read, session);
        return watch.isLost() ? Optional.empty() : outcome.map(read::settlement);
    }

    /** The same for jobs that run in transactions which others begin and end. */
    public TransactedRunner inTransactionsOfOthers() {
        return new TransactedJobRunner(reader, body, scopes, around, endings);
    }

    @Override
    public Set<String> unbufferedQueues() {
        return transactional == null ? Set.of() : catalogue.transactionalQueues();
    }

    /** Set aside: run without its transaction it would do what its author relied on not to happen. */
    private static Outcome untransactional(JobDefinition job, Attempt attempt) {
        String reason = "job " + attempt.id() + " (" + job.name() + ") is transactional, but the broker of queue '"
                + attempt.queue() + "' cannot complete it in its transaction, or there is no transaction manager";
        LOG.log(
                ERROR,
                () -> "GOOSE-4113: " + reason + "; it is parked: enqueue it on a JDBC broker, or have a"
                        + " TransactionalJobsBean run it on Redis; delete it here, or replay it when that is done");
        return new Outcome.Parked(reason, null);
    }

    private Optional<Outcome> execute(JobReader.Job read, Session session) {
        Attempt attempt = read.attempt();
        around.current().enter(attempt);
        try {
            left.mustBeNone(attempt);
            JobScope.Open scope = scopes.open(attempt);
            if (scope == null) {
                return Optional.of(Outcome.Release.NOW);
            }
            try {
                return runInScope(read, session);
            } finally {
                left.leavingNothing(attempt, () -> scopes.close(scope, attempt));
            }
        } finally {
            around.current().leave();
        }
    }

    private Optional<Outcome> runInScope(JobReader.Job read, Session session) {
        JobDefinition job = read.definition();
        Attempt attempt = read.attempt();
        Outcome over = endings.unbegun(attempt.lease(), attempt.envelope(), attempt.watch());
        if (over != null) {
            around.observation().notRun(attempt.lease(), attempt.envelope(), over);
            return Optional.of(left.leavingNothing(attempt, () -> endings.told(job, attempt, over)));
        }
        RunSeen seen = around.observation().runs(attempt, attempt.lease(), attempt.envelope());
        long bodyEnded = seen.bodyEnded(); // unless it gets there
        Optional<Throwable> failure = Optional.empty();
        Outcome outcome = null;
        try {
            failure = left.leavingNothing(attempt, () -> failure(read, session));
            bodyEnded = seen.bodyEnded();
            outcome = outcome(job, attempt, failure);
        } finally {
            Throwable thrown = failure.map(Causes::unwrap).orElse(null);
            seen.ended(
                    bodyEnded,
                    outcome,
                    attempt.watch().hasDied(),
                    attempt.watch().isLost(),
                    thrown);
        }
        boolean completedWithIt = job.settings().transactional() && failure.isEmpty();
        return completedWithIt ? Optional.empty() : Optional.of(outcome);
    }

    private Outcome outcome(JobDefinition job, Attempt attempt, Optional<Throwable> failure) {
        if (failure.isEmpty()) {
            endings.completed(attempt);
            return Outcome.Done.INSTANCE;
        }
        return left.leavingNothing(attempt, () -> endings.failed(job, attempt, failure.get()));
    }

    private Optional<Throwable> failure(JobReader.Job read, Session session) {
        Attempt attempt = read.attempt();
        InTransaction whole = read.definition().settings().transactional() ? transactional : null;
        if (whole != null) {
            return whole.run(attempt, session, () -> body.run(read));
        }
        Optional<Throwable> failure = Optional.empty();
        try {
            body.run(read);
        } catch (Throwable thrown) { // whatever user code throws is the job's failure and costs no thread
            failure = Optional.of(thrown);
        }
        Optional<Throwable> unended = left.end(attempt);
        return failure.isPresent() ? failure : unended;
    }
}
