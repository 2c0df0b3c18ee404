package io.goose.engine.run;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.WARNING;

import io.goose.JobRolledBackException;
import io.goose.engine.retry.FailureLog;
import io.goose.spi.SurroundingTransaction;
import io.goose.spi.SurroundingTransaction.State;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what user code leaves open on its thread from the next that runs there: a transaction, and its timeout. A job that
 * joined the transaction of another would be rolled back with it although it is settled as done. Thread-safe.
 */
final class LeftTransactions {

    private static final System.Logger LOG = System.getLogger(LeftTransactions.class.getPackageName());

    private final SurroundingTransaction transaction;

    LeftTransactions(SurroundingTransaction transaction) {
        this.transaction = transaction;
    }

    /**
     * Makes sure that the thread has no transaction before a job is run on it: one may be left that could not be rolled back.
     *
     * @throws IllegalStateException if it still cannot
     */
    void mustBeNone(Attempt attempt) {
        if (!isLeft()) {
            return;
        }
        RuntimeException refused = rolledBack();
        if (isLeft()) {
            throw new IllegalStateException(
                    "GOOSE-4116: its thread still has a transaction of an earlier job, and job " + attempt.id() + " ("
                            + attempt.handler() + ") is not run in it",
                    refused);
        }
    }

    /** What {@code work} returns or throws; it is run apart from all else that is done on the thread, and leaves nothing there. */
    <T> T leavingNothing(Attempt attempt, Supplier<T> work) {
        return transaction.apart(() -> {
            try {
                return work.get();
            } finally {
                end(attempt);
            }
        });
    }

    /** Rolls back what the job has left open on its thread; returns a failure if it has left something. */
    Optional<Throwable> end(Attempt attempt) {
        boolean left = isLeft();
        RuntimeException refused = left ? rolledBack() : null;
        forgetTimeout();
        if (!left) {
            return Optional.empty();
        }
        boolean stays = isLeft();
        JobRolledBackException failure = new JobRolledBackException(
                "GOOSE-4114: job " + attempt.id() + " (" + attempt.handler()
                        + ") left a transaction open on its thread, "
                        + (stays
                                ? "which cannot be rolled back; nothing is run on this thread until it can"
                                : "which was rolled back")
                        + "; commit or roll back what is begun",
                refused);
        FailureLog.log(LOG, WARNING, failure::getMessage, failure);
        return Optional.of(failure);
    }

    private boolean isLeft() {
        State state = transaction.state();
        return state == State.ACTIVE || state == State.ROLLBACK;
    }

    private @Nullable RuntimeException rolledBack() {
        try {
            transaction
                    .demarcation()
                    .orElseThrow(() -> new IllegalStateException("no transaction can be ended here"))
                    .rollback();
            return null;
        } catch (RuntimeException refused) {
            return refused;
        }
    }

    /** Also where no transaction is left: it is the thread's, and would be that of the next job's transactions. */
    private void forgetTimeout() {
        try {
            transaction.demarcation().ifPresent(SurroundingTransaction.Demarcation::forgetTimeout);
        } catch (RuntimeException kept) {
            LOG.log(DEBUG, "the thread keeps its transaction timeout", kept);
        }
    }
}
