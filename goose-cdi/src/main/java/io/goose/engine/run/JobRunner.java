package io.goose.engine.run;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.WARNING;

import io.goose.JobFailureHandler;
import io.goose.JobInvocation;
import io.goose.JobRun;
import io.goose.Middleware;
import io.goose.engine.batch.WorkflowSteps;
import io.goose.engine.handler.JobCatalogue;
import io.goose.engine.handler.JobDefinition;
import io.goose.engine.observe.Observation;
import io.goose.engine.observe.RunSeen;
import io.goose.engine.retry.FailureLog;
import io.goose.engine.retry.RetryDecision;
import io.goose.job.Envelope;
import io.goose.job.EnvelopeCodec;
import io.goose.job.UndecodableEnvelopeException;
import io.goose.spi.ArgumentCodec;
import io.goose.spi.Lease;
import io.goose.spi.Outcome;
import io.goose.spi.Session;
import io.goose.spi.Settlement;
import io.goose.spi.SurroundingTransaction;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collections;
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
    private static final Duration UNKNOWN_FIRST = Duration.ofSeconds(1);
    private static final Duration UNKNOWN_LONGEST = Duration.ofSeconds(30);

    private final JobCatalogue catalogue;
    private final EnvelopeCodec envelopes = new EnvelopeCodec();
    private final Map<String, ArgumentCodec> codecs;
    private final Surroundings around;
    private final RetryDecision retries;
    private final Endings endings;
    private final Times times;
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
        this.codecs = Map.copyOf(codecs);
        this.around = around;
        this.retries = retries;
        this.endings =
                new Endings(retries, around.failureHandlers(), around.clock(), new LoggedFailure(times.logArguments()));
        this.times = times;
        this.transactional = transactional;
        this.left = new LeftTransactions(around.transaction());
    }

    @Override
    public Optional<Settlement> run(Lease lease, LeaseWatch watch, Session session) {
        Envelope envelope;
        try {
            envelope = envelopes.decode(lease.job().envelope());
        } catch (UndecodableEnvelopeException bad) {
            Outcome over = endings.unbegun(lease, null, watch);
            Outcome outcome = over != null ? over : undecodable(lease, bad);
            around.observation().notRun(lease, null, outcome);
            return Optional.of(Settlement.of(lease, outcome));
        }
        ArgumentCodec codec = codecs.get(envelope.encoding());
        JobDefinition job = catalogue.find(envelope.handler()).orElse(null);
        if (codec == null || job == null) {
            Outcome over = endings.unbegun(lease, envelope, watch);
            String need = Needs.all(Needs.encoding(envelope.encoding()), Needs.handler(envelope.handler()));
            Outcome outcome = over != null ? over : unknown(lease, need);
            around.observation().notRun(lease, envelope, outcome);
            return Optional.of(new Settlement(lease, outcome, Consequences.of(lease, envelope, outcome, null, null)));
        }
        Attempt attempt = new Attempt(lease, envelope, job.name(), retries.max(envelope), watch);
        Optional<Outcome> outcome = job.settings().transactional() && transactional == null
                ? Optional.of(untransactional(job, attempt))
                : execute(job, attempt, codec, session);
        return watch.isLost()
                ? Optional.empty()
                : outcome.map(decided -> new Settlement(
                        lease,
                        decided,
                        watch.hasDied()
                                ? Consequences.ofDeath(envelope)
                                : WorkflowSteps.after(
                                        lease,
                                        envelope,
                                        decided instanceof Outcome.Done,
                                        Consequences.of(lease, envelope, decided, codec, attempt.returned()))));
    }

    @Override
    public Set<String> unbufferedQueues() {
        return transactional == null ? Set.of() : catalogue.transactionalQueues();
    }

    private Outcome undecodable(Lease lease, UndecodableEnvelopeException bad) {
        if (bad.reason() == UndecodableEnvelopeException.Reason.NEWER_VERSION) {
            return unknown(lease, Needs.version(bad.version()));
        }
        LOG.log(
                ERROR,
                () -> "GOOSE-4102: job " + lease.job().id() + " on queue '"
                        + lease.job().queue()
                        + "' is set aside with its bytes unchanged: " + bad.getMessage()
                        + "; look at it with QueueAdmin.list(queue, PARKED, …), mend its producer, and replay or delete it");
        return new Outcome.Parked(String.valueOf(bad.getMessage()), null);
    }

    /** A job that others may know: offered to them, without an attempt, for as long as patience lasts. */
    private Outcome unknown(Lease lease, String need) {
        Duration age = lease.unknownFor(); // by the broker's clock: a worker's may be hours off
        if (age.compareTo(times.unknownPatience()) >= 0) {
            LOG.log(
                    ERROR,
                    () -> "GOOSE-4103: job " + lease.job().id() + " on queue '"
                            + lease.job().queue() + "' has found no worker that knows " + need + " for " + age
                            + " (goose.unknown.patience=" + times.unknownPatience()
                            + ") and is parked, unless one is there at this moment; it comes back by itself when a worker"
                            + " that knows it starts");
            return new Outcome.Parked("no worker knows " + need, need);
        }
        Duration delay = age.compareTo(UNKNOWN_FIRST) < 0 ? UNKNOWN_FIRST : age; // as old as it is: 1, 2, 4 … 30 s
        return new Outcome.Release(delay.compareTo(UNKNOWN_LONGEST) > 0 ? UNKNOWN_LONGEST : delay, need);
    }

    /** Set aside: run without its transaction it would do what its author relied on not to happen. */
    private static Outcome untransactional(JobDefinition job, Attempt attempt) {
        String reason = "job " + attempt.id() + " (" + job.name() + ") is transactional, but the broker of queue '"
                + attempt.queue() + "' cannot complete it in its transaction, or there is no transaction manager";
        LOG.log(
                ERROR,
                () -> "GOOSE-4113: " + reason + "; it is parked: enqueue it on a JDBC broker, and delete it here");
        return new Outcome.Parked(reason, null);
    }

    private Optional<Outcome> execute(JobDefinition job, Attempt attempt, ArgumentCodec codec, Session session) {
        around.current().enter(attempt);
        try {
            left.mustBeNone(attempt);
            JobScope.Open scope = open(attempt);
            if (scope == null) {
                return Optional.of(Outcome.Release.NOW);
            }
            try {
                return runInScope(job, attempt, codec, session);
            } finally {
                left.leavingNothing(attempt, () -> close(scope, attempt));
            }
        } finally {
            around.current().leave();
        }
    }

    /** Opens the surroundings; null if the server goes down and gives none any more. Otherwise it is not the job's failure. */
    private JobScope.@Nullable Open open(Attempt attempt) {
        try {
            return around.scope().open();
        } catch (RuntimeException | Error unopened) {
            if (attempt.stopping()) {
                return null;
            }
            throw unopened;
        }
    }

    /** What fails here is not the job's failure: what has been decided stays decided. */
    private static boolean close(JobScope.Open scope, Attempt attempt) {
        try {
            scope.close();
            return true;
        } catch (Throwable unclosed) {
            FailureLog.log(
                    LOG,
                    WARNING,
                    () -> "GOOSE-4107: the surroundings of job " + attempt.id()
                            + " could not be closed; its outcome is unchanged",
                    unclosed);
            return false;
        }
    }

    private Optional<Outcome> runInScope(JobDefinition job, Attempt attempt, ArgumentCodec codec, Session session) {
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
            failure = left.leavingNothing(attempt, () -> failure(job, attempt, codec, session));
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

    /** What the producer said, then what the method's annotation says here, then the configuration; a job of our own has none. */
    private Duration timeout(JobDefinition job, Attempt attempt) {
        if (JobDefinition.isOwn(job.name())) {
            return Duration.ZERO;
        }
        return attempt.envelope()
                .timeout()
                .or(() -> job.settings().options().timeout())
                .orElse(times.timeout());
    }

    private Optional<Throwable> failure(JobDefinition job, Attempt attempt, ArgumentCodec codec, Session session) {
        InTransaction whole = job.settings().transactional() ? transactional : null;
        if (whole != null) {
            return whole.run(attempt, session, () -> invokeOnce(job, attempt, codec));
        }
        Optional<Throwable> failure = Optional.empty();
        try {
            invokeOnce(job, attempt, codec);
        } catch (Throwable thrown) { // whatever user code throws is the job's failure and costs no thread
            failure = Optional.of(thrown);
        }
        Optional<Throwable> unended = left.end(attempt);
        return failure.isPresent() ? failure : unended;
    }

    private void invokeOnce(JobDefinition job, Attempt attempt, ArgumentCodec codec) throws Throwable {
        attempt.begin(around.clock(), timeout(job, attempt));
        try {
            invoke(job, attempt, codec);
        } finally {
            attempt.disarm();
            attempt.watch().bodyEnded();
        }
    }

    private void invoke(JobDefinition job, Attempt attempt, ArgumentCodec codec) throws Throwable {
        List<@Nullable Object> values = codec.decode(attempt.envelope().args(), job.parameters());
        if (around.middlewares().isEmpty() || JobDefinition.isOwn(job.name())) {
            attempt.arm();
            attempt.returns(job.settings().invoker().invoke(values));
        } else {
            attempt.returns(new Link(0, job, attempt, Collections.unmodifiableList(values)).proceed());
        }
    }

    /** The rest of the chain from one middleware on. */
    private final class Link implements JobInvocation {
        private final int index;
        private final JobDefinition job;
        private final Attempt attempt;
        private final List<@Nullable Object> values;
        private boolean proceeded; // job's thread only

        private Link(int index, JobDefinition job, Attempt attempt, List<@Nullable Object> values) {
            this.index = index;
            this.job = job;
            this.attempt = attempt;
            this.values = values;
        }

        @Override
        public JobRun run() {
            return attempt;
        }

        @Override
        public List<@Nullable Object> arguments() {
            return values;
        }

        @Override
        public @Nullable Object proceed() throws Throwable {
            if (proceeded) {
                throw new IllegalStateException("GOOSE-4108: a middleware of job " + attempt.id()
                        + " proceeded twice; the job's method would run twice in one attempt. Proceed once, and throw"
                        + " RetryLater to have it run again");
            }
            proceeded = true;
            if (index < around.middlewares().size()) {
                return around.middlewares().get(index).around(new Link(index + 1, job, attempt, values));
            }
            attempt.arm();
            try {
                return job.settings().invoker().invoke(values);
            } catch (Throwable thrown) {
                throw Causes.unwrap(thrown);
            }
        }
    }
}
