package io.goose.engine.run;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.WARNING;

import io.goose.GooseException;
import io.goose.JobRolledBackException;
import io.goose.engine.retry.FailureLog;
import io.goose.spi.Lease;
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
        if (failure == null && transaction.state() != State.ROLLBACK) {
            return commit(attempt, session, demarcation);
        }
        rollBack(attempt, demarcation);
        return Optional.of(failure != null ? failure : rolledBack(attempt, null));
    }

    private boolean isTaken(Attempt attempt, Session session, Demarcation demarcation) {
        boolean taken = false;
        try {
            taken = session.settleInTransaction(attempt.lease()) == Verdict.APPLIED;
            return taken;
        } finally {
            if (!taken) {
                rollBack(attempt, demarcation);
            }
        }
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
            return afterDoubt(attempt, session, uncommitted);
        }
        session.settledInTransaction(attempt.lease());
        return Optional.empty();
    }

    /** Looks at the job itself: it is there if and only if the work of the body is not. */
    private Optional<Throwable> afterDoubt(Attempt attempt, Session session, RuntimeException uncommitted) {
        LeaseState state = decided(attempt, session);
        if (state == LeaseState.HELD) {
            return Optional.of(rolledBack(attempt, uncommitted));
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

    /** Asks until it is decided; undecided only at the stop. */
    private static LeaseState decided(Attempt attempt, Session session) {
        Lease lease = attempt.lease();
        long pause = FIRST_PAUSE_MILLIS;
        while (true) {
            try {
                LeaseState state = session.look(lease);
                if (state != LeaseState.UNDECIDED) {
                    return state;
                }
            } catch (GooseException away) {
                LOG.log(DEBUG, "the lease of job {0} cannot be looked at now: {1}", attempt.id(), away.getMessage());
            }
            if (attempt.isLost()) {
                return LeaseState.ENDED;
            }
            if (attempt.stopping()) {
                return LeaseState.UNDECIDED;
            }
            try {
                TimeUnit.MILLISECONDS.sleep(pause);
            } catch (InterruptedException stopping) {
                Thread.currentThread().interrupt();
                return LeaseState.UNDECIDED;
            }
            pause = Math.min(LONGEST_PAUSE_MILLIS, pause * 2);
        }
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

    /** What fails here changes nothing: the database ends what its connection leaves open. */
    private static void rollBack(Attempt attempt, Demarcation demarcation) {
        try {
            demarcation.rollback();
        } catch (RuntimeException unclean) {
            FailureLog.log(
                    LOG,
                    WARNING,
                    () -> "GOOSE-4112: the transaction of job " + attempt.id()
                            + " was not rolled back in order; it ends with its timeout",
                    unclean);
        }
    }
}
