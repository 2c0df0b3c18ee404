package io.goose.engine.run;

import static java.lang.System.Logger.Level.DEBUG;

import io.goose.JobRolledBackException;
import io.goose.engine.handler.JobDefinition;
import io.goose.engine.observe.RunSeen;
import io.goose.spi.Lease;
import io.goose.spi.Outcome;
import io.goose.spi.Settlement;
import io.goose.spi.SurroundingTransaction;
import io.goose.spi.SurroundingTransaction.End;
import io.goose.spi.SurroundingTransaction.State;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs the bodies of jobs in the transactions of others. All else that a run has, which is not the transaction's, comes when that has ended: failure
 * handlers, events, and the decision what becomes of a job that failed. Thread-safe.
 */
final class TransactedJobRunner implements TransactedRunner {

    private static final System.Logger LOG = System.getLogger(JobRunner.class.getName());

    private final JobReader reader;
    private final JobBody body;
    private final RunScopes scopes;
    private final JobRunner.Surroundings around;
    private final Endings endings;
    private final SurroundingTransaction transaction;
    private final LeftTransactions left;

    TransactedJobRunner(
            JobReader reader, JobBody body, RunScopes scopes, JobRunner.Surroundings around, Endings endings) {
        this.reader = reader;
        this.body = body;
        this.scopes = scopes;
        this.around = around;
        this.endings = endings;
        this.transaction = around.transaction();
        this.left = new LeftTransactions(transaction);
    }

    @Override
    public TransactedRun begin(Lease lease, LeaseWatch watch) {
        if (transaction.state() != State.ACTIVE) {
            throw new IllegalStateException("GOOSE-3221: job " + lease.job().id()
                    + " is to be run in the transaction of its delivery, but there is none that can commit; let no descriptor"
                    + " give onMessage of a TransactionalJobsBean another transaction attribute than Required");
        }
        JobReader.Job read = reader.read(lease, watch);
        if (read == null) {
            doom();
            return new Over(() -> reader.passedOn(lease, watch));
        }
        Attempt attempt = read.attempt();
        Outcome over = endings.unbegun(lease, attempt.envelope(), watch);
        if (over != null) {
            doom();
            return new Over(() -> told(read, over));
        }
        around.current().enter(attempt);
        try {
            JobScope.Open scope = scopes.open(attempt);
            if (scope == null) {
                doom();
                return new Over(() -> Settlement.of(lease, Outcome.Release.NOW));
            }
            try {
                return run(read);
            } finally {
                scopes.close(scope, attempt);
            }
        } finally {
            around.current().leave();
        }
    }

    private Settlement told(JobReader.Job read, Outcome over) {
        Attempt attempt = read.attempt();
        around.observation().notRun(attempt.lease(), attempt.envelope(), over);
        Outcome told = inScope(attempt, () -> endings.told(read.definition(), attempt, over));
        return read.settlement(told == null ? Outcome.Release.NOW : told);
    }

    private TransactedRun run(JobReader.Job read) {
        Attempt attempt = read.attempt();
        RunSeen seen = around.observation().runs(attempt, attempt.lease(), attempt.envelope());
        Throwable failure = null;
        Settlement done = null;
        try {
            transaction.putResource(this, attempt);
            body.run(read);
            if (attempt.isIn(transaction, this) && transaction.state() == State.ACTIVE && !attempt.isLost()) {
                done = read.settlement(Outcome.Done.INSTANCE);
            }
        } catch (Throwable thrown) { // whatever user code throws is the job's failure
            failure = thrown;
        }
        long bodyEnded = seen.bodyEnded();
        try {
            if (!attempt.isIn(transaction, this)) {
                failure = endedByItself(attempt, failure);
            } else if (done == null) {
                doom();
            }
        } catch (RuntimeException | Error untold) { // nobody is told of an end then
            seen.ended(bodyEnded, null, false, true, untold);
            throw untold;
        }
        return new Ran(read, seen, bodyEnded, failure, done);
    }

    /** It did not commit: the delivery's resource has not been told by then that it may. What it has begun instead must not stay. */
    private Throwable endedByItself(Attempt attempt, @Nullable Throwable failure) {
        Optional<Throwable> open = left.end(attempt);
        if (failure != null) {
            return failure;
        }
        return new JobRolledBackException(
                "GOOSE-4224: job " + attempt.id() + " (" + attempt.handler()
                        + ") has ended the transaction in which it was delivered, which was rolled back for that; leave it to"
                        + " the container, or run the job by a bean that extends JobsBean",
                open.orElse(null));
    }

    /** Its resource votes no in any case; this ends it sooner. */
    private void doom() {
        try {
            if (transaction.state() == State.ACTIVE) {
                transaction.setRollbackOnly();
            }
        } catch (RuntimeException refused) {
            LOG.log(DEBUG, "the transaction of a delivery cannot be marked for rollback", refused);
        }
    }

    /** What {@code work} returns, run as user code after a run is; null if the server goes down and gives no surroundings. */
    private @Nullable Outcome inScope(Attempt attempt, Supplier<Outcome> work) {
        around.current().enter(attempt);
        try {
            left.mustBeNone(attempt);
            JobScope.Open scope = scopes.open(attempt);
            if (scope == null) {
                return null;
            }
            try {
                return left.leavingNothing(attempt, work);
            } finally {
                left.leavingNothing(attempt, () -> scopes.close(scope, attempt));
            }
        } finally {
            around.current().leave();
        }
    }

    /** The naming context is the adapter's when the container has ended the delivery. */
    private Optional<Settlement> asApplication(Supplier<Optional<Settlement>> work) {
        Answer answer = new Answer(work);
        around.scope().inApplication(answer);
        return answer.value;
    }

    private static final class Answer implements Runnable {
        private final Supplier<Optional<Settlement>> work;
        private Optional<Settlement> value = Optional.empty();

        Answer(Supplier<Optional<Settlement>> work) {
            this.work = work;
        }

        @Override
        public void run() {
            value = work.get();
        }
    }

    /** One that was not begun: whatever becomes of the transaction, in which nothing was done. */
    private final class Over implements TransactedRun {
        private final Supplier<Settlement> settlement;

        Over(Supplier<Settlement> settlement) {
            this.settlement = settlement;
        }

        @Override
        public Optional<Settlement> ifCommitted() {
            return Optional.empty();
        }

        @Override
        public Optional<Settlement> ended(End how, @Nullable String why) {
            return asApplication(() -> Optional.of(settlement.get()));
        }
    }

    /** One whose body has ended. */
    private final class Ran implements TransactedRun {
        private final JobReader.Job read;
        private final RunSeen seen;
        private final long bodyEnded;
        private final @Nullable Throwable failure;
        private final @Nullable Settlement done;

        Ran(JobReader.Job read, RunSeen seen, long bodyEnded, @Nullable Throwable failure, @Nullable Settlement done) {
            this.read = read;
            this.seen = seen;
            this.bodyEnded = bodyEnded;
            this.failure = failure;
            this.done = done;
        }

        @Override
        public Optional<Settlement> ifCommitted() {
            return Optional.ofNullable(done);
        }

        @Override
        public Optional<Settlement> ended(End how, @Nullable String why) {
            return asApplication(() -> switch (how) {
                case COMMITTED -> committed();
                case ROLLED_BACK -> rolledBack(why);
                case UNKNOWN -> unknown();
            });
        }

        private Optional<Settlement> committed() {
            if (done == null) {
                throw new IllegalStateException("job " + read.attempt().id()
                        + " failed, and its transaction is said to have committed all the same");
            }
            endings.completed(read.attempt());
            seen.ended(bodyEnded, done.outcome(), false, false, null);
            return Optional.of(done);
        }

        /** The lease is that of the transaction's branch until somebody ends that. */
        private Optional<Settlement> unknown() {
            seen.ended(bodyEnded, null, false, true, failure);
            return Optional.empty();
        }

        private Optional<Settlement> rolledBack(@Nullable String why) {
            Attempt attempt = read.attempt();
            LeaseWatch watch = attempt.watch();
            Throwable thrown = failure != null ? failure : rolledBack(attempt, why);
            JobDefinition job = read.definition();
            Outcome outcome = null;
            try {
                outcome = inScope(attempt, () -> endings.failed(job, attempt, thrown));
            } finally {
                seen.ended(bodyEnded, outcome, watch.hasDied(), watch.isLost(), Causes.unwrap(thrown));
            }
            return watch.isLost()
                    ? Optional.empty()
                    : Optional.of(read.settlement(outcome == null ? Outcome.Release.NOW : outcome));
        }

        private JobRolledBackException rolledBack(Attempt attempt, @Nullable String why) {
            return new JobRolledBackException(
                    "GOOSE-4220: the transaction of the delivery of job " + attempt.id() + " (" + attempt.handler()
                            + ") was rolled back although its method returned: "
                            + (why == null
                                    ? "it was marked for rollback, took longer than the server lets transactions take, or another"
                                            + " of its resources refused"
                                    : why)
                            + "; see what did that, or give transactions more time",
                    null);
        }
    }
}
