package io.goose.engine.run;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.WARNING;

import io.goose.GooseException;
import io.goose.JobRolledBackException;
import io.goose.engine.retry.FailureLog;
import io.goose.spi.LeaseState;
import io.goose.spi.Session;
import io.goose.spi.SurroundingTransaction;
import io.goose.spi.SurroundingTransaction.Demarcation;
import io.goose.spi.SurroundingTransaction.State;
import io.goose.spi.Verdict;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Runs the body of a job in a transaction that completes the job too. The job is taken out of the broker first, so that the
 * transaction holds it: nobody else can run it while the body does, and it is gone if and only if the work of the body is
 * there. Thread-safe.
 */
public final class InTransaction {

    private static final System.Logger LOG = System.getLogger(InTransaction.class.getPackageName());
    private static final long FIRST_PAUSE_MILLIS = 50;
    private static final long LONGEST_PAUSE_MILLIS = 5_000;

    private final SurroundingTransaction transaction;
    private final Runnable proof;
    private final Duration timeout;

    /**
     * @param proof throws if the broker's connections do not take part in transactions, so that nothing may be run
     * @param timeout of each transaction
     */
    public InTransaction(SurroundingTransaction transaction, Runnable proof, Duration timeout) {
        this.transaction = transaction;
        this.proof = proof;
        this.timeout = timeout;
    }

    /** What is to be done in the transaction. */
    @FunctionalInterface
    interface Work {
        void run() throws Throwable;
    }

    /**
     * Runs {@code work}.
     *
     * @return why the job has to be settled as failed; empty if there is nothing to settle: it committed, or the lease is not
     *     ours any more
     * @throws RuntimeException if it could not be begun; {@code work} was not run then
     */
    Optional<Throwable> run(Attempt attempt, Session session, Work work) {
        proof.run();
        Demarcation demarcation = transaction
                .demarcation()
                .orElseThrow(() -> new IllegalStateException("there is no transaction manager any more"));
        demarcation.begin(timeout);
        if (!isTaken(attempt, session, demarcation)) {
            LOG.log(DEBUG, "job {0} is another's by now and is not run", attempt.id());
            return Optional.empty();
        }
        Throwable failure = failureOf(work);
        if (!attempt.isIn(transaction, this)) {
            return endedByItself(attempt, session, demarcation, failure);
        }
        if (failure == null && transaction.state() != State.ROLLBACK) {
            return commit(attempt, session, demarcation);
        }
        Throwable reason = failure != null ? failure : rolledBack(attempt, null);
        RuntimeException unclean = rollBack(attempt, demarcation);
        return unclean == null ? Optional.of(reason) : afterDoubt(attempt, session, demarcation, reason, unclean);
    }

    private boolean isTaken(Attempt attempt, Session session, Demarcation demarcation) {
        boolean taken = false;
        try {
            transaction.putResource(this, attempt);
            taken = session.settleInTransaction(attempt.lease()) == Verdict.APPLIED;
            return taken;
        } finally {
            if (!taken && rollBack(attempt, demarcation) != null) {
                decided(attempt, session, demarcation); // the broker cannot settle what the transaction may hold
            }
        }
    }

    /** Whatever it has begun instead would commit without the end of the job. */
    private Optional<Throwable> endedByItself(
            Attempt attempt, Session session, Demarcation demarcation, @Nullable Throwable failure) {
        String what = "GOOSE-4115: job " + attempt.id() + " (" + attempt.handler()
                + ") has ended the transaction that Goose began for it; ";
        if (transaction.state() != State.NONE) {
            rollBack(attempt, demarcation);
        }
        LeaseState state = decided(attempt, session, demarcation);
        if (state == LeaseState.HELD) {
            return Optional.of(
                    failure != null
                            ? failure
                            : new JobRolledBackException(
                                    what + "it did not commit it, and what it began instead was rolled back; leave its"
                                            + " transaction to Goose, or do without transactional=true",
                                    null));
        }
        FailureLog.log(
                LOG,
                WARNING,
                () -> what
                        + (state == LeaseState.ENDED
                                ? "it committed it, so that the job is completed, or another worker has the job; what it"
                                        + " began instead was rolled back"
                                : "it cannot be told before this worker stops whether it committed it; if it did not,"
                                        + " the job runs again when its lease ends"),
                failure != null ? failure : new IllegalStateException("its transaction is not that of its thread"));
        if (state == LeaseState.ENDED) {
            session.settledInTransaction(attempt.lease());
        }
        return Optional.empty();
    }

    private static @Nullable Throwable failureOf(Work work) {
        try {
            work.run();
            return null;
        } catch (Throwable thrown) { // whatever user code throws rolls its work back
            return thrown;
        }
    }

    private Optional<Throwable> commit(Attempt attempt, Session session, Demarcation demarcation) {
        try {
            demarcation.commit();
        } catch (RuntimeException uncommitted) {
            // Even one that says that it was rolled back: a resource that lost its connection in its commit may say so.
            return afterDoubt(attempt, session, demarcation, rolledBack(attempt, uncommitted), uncommitted);
        }
        session.settledInTransaction(attempt.lease());
        return Optional.empty();
    }

    /**
     * Looks at the job itself: it is there if and only if the work of the body is not. Until that is decided the transaction
     * holds it, and nothing can settle it.
     *
     * @param reason why the job failed, if the work is not there
     */
    private Optional<Throwable> afterDoubt(
            Attempt attempt, Session session, Demarcation demarcation, Throwable reason, RuntimeException uncommitted) {
        LeaseState state = decided(attempt, session, demarcation);
        if (state == LeaseState.HELD) {
            return Optional.of(reason);
        }
        if (state == LeaseState.ENDED) {
            LOG.log(
                    WARNING,
                    () -> "GOOSE-4110: the transaction of job " + attempt.id() + " (" + attempt.handler()
                            + ") was not seen to commit, but the job is completed, so that it did, or another worker has"
                            + " the job; nothing is to be done",
                    uncommitted);
            session.settledInTransaction(attempt.lease());
        } else {
            LOG.log(
                    WARNING,
                    () -> "GOOSE-4111: it cannot be told whether the transaction of job " + attempt.id() + " ("
                            + attempt.handler() + ") committed, before this worker stops; if it did not, the job runs"
                            + " again when its lease ends",
                    uncommitted);
        }
        return Optional.empty();
    }

    /**
     * Asks until it is decided; undecided only at the stop. An interrupt that is not our stop's, as one that the body left or
     * the server sends, ends nothing; the flag stays set.
     */
    private LeaseState decided(Attempt attempt, Session session, Demarcation demarcation) {
        boolean interrupted = Thread.interrupted(); // no database could be asked with it
        long pause = FIRST_PAUSE_MILLIS;
        try {
            while (true) {
                LeaseState state = look(attempt, session, demarcation);
                if (state != LeaseState.UNDECIDED) {
                    return state;
                }
                if (attempt.isLost()) {
                    return LeaseState.ENDED;
                }
                if (attempt.stopping()) {
                    return LeaseState.UNDECIDED;
                }
                try {
                    TimeUnit.MILLISECONDS.sleep(pause);
                } catch (InterruptedException again) {
                    interrupted = true;
                }
                pause = Math.min(LONGEST_PAUSE_MILLIS, pause * 2);
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private LeaseState look(Attempt attempt, Session session, Demarcation demarcation) {
        if (transaction.state() != State.NONE && !isEnded(attempt, demarcation)) {
            return LeaseState.UNDECIDED; // a look would be part of it, and see what it has done
        }
        try {
            return transaction.apart(() -> session.look(attempt.lease()));
        } catch (GooseException away) {
            LOG.log(DEBUG, "the lease of job {0} cannot be looked at now: {1}", attempt.id(), away.getMessage());
            return LeaseState.UNDECIDED;
        }
    }

    /** One that was not rolled back in order; it may be when its timeout has ended it. */
    private boolean isEnded(Attempt attempt, Demarcation demarcation) {
        try {
            demarcation.rollback();
        } catch (RuntimeException unclean) {
            LOG.log(DEBUG, "the transaction of job {0} is still not rolled back: {1}", attempt.id(), unclean);
        }
        return transaction.state() == State.NONE;
    }

    private JobRolledBackException rolledBack(Attempt attempt, @Nullable RuntimeException uncommitted) {
        return new JobRolledBackException(
                "GOOSE-4109: the transaction of job " + attempt.id() + " (" + attempt.handler()
                        + ") was rolled back although"
                        + " its method returned: "
                        + (uncommitted == null
                                ? "it was marked for rollback, or took longer than goose.transaction.timeout=" + timeout
                                : uncommitted.getMessage())
                        + "; see what marked it, or lengthen the timeout",
                uncommitted);
    }

    /** Returns what failed: the database ends what its connection leaves open, but only then is the job free. */
    private static @Nullable RuntimeException rollBack(Attempt attempt, Demarcation demarcation) {
        try {
            demarcation.rollback();
            return null;
        } catch (RuntimeException unclean) {
            FailureLog.log(
                    LOG,
                    WARNING,
                    () -> "GOOSE-4112: the transaction of job " + attempt.id()
                            + " was not rolled back in order; it ends with its timeout",
                    unclean);
            return unclean;
        }
    }
}
