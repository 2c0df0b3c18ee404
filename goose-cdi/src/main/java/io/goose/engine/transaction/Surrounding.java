package io.goose.engine.transaction;

import io.goose.BrokerUnavailableException;
import io.goose.EnqueueRejectedException;
import io.goose.GooseException;
import io.goose.job.QueuedJob;
import io.goose.spi.SendResult;
import io.goose.spi.SurroundingTransaction;
import io.goose.spi.SurroundingTransaction.Completion;
import io.goose.spi.SurroundingTransaction.State;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/** What all ways of binding jobs to a transaction ask of it, and their errors. Thread-safe. */
final class Surrounding {

    private static final int MOST = 500;

    private final SurroundingTransaction transaction;

    Surrounding(SurroundingTransaction transaction) {
        this.transaction = transaction;
    }

    /** Whether there is one that has not committed yet. */
    boolean applies() {
        State state = transaction.state();
        return state == State.ACTIVE || state == State.ROLLBACK;
    }

    /**
     * Refuses a job where its transaction will not commit.
     *
     * @param first the job, or the first of several
     */
    void mustBeAbleToCommit(QueuedJob first) {
        if (transaction.state() == State.ROLLBACK) {
            throw new EnqueueRejectedException(
                    "GOOSE-1021",
                    first.id(),
                    "cannot enqueue job " + first.id() + " to queue '" + first.queue()
                            + "': the transaction around the call is marked for rollback or was rolled back; enqueue outside of"
                            + " it, for example in a method with @Transactional(REQUIRES_NEW)",
                    null);
        }
    }

    /**
     * What a binding keeps for the present transaction.
     *
     * @param key the binding; it keeps one thing
     * @param type of what is kept
     * @param fresh makes it, for the first call in a transaction
     * @param completion what of it is told of the end
     * @param first what is to be enqueued
     */
    <T> T kept(Object key, Class<T> type, Supplier<T> fresh, Function<T, Completion> completion, QueuedJob first) {
        try {
            Object present = transaction.resource(key);
            if (present != null) {
                return type.cast(present);
            }
            T kept = fresh.get();
            transaction.onEnd(completion.apply(kept));
            transaction.putResource(key, kept);
            return kept;
        } catch (IllegalStateException late) {
            throw new EnqueueRejectedException(
                    "GOOSE-1022",
                    first.id(),
                    "cannot enqueue job " + first.id() + " to queue '" + first.queue()
                            + "' in this phase of the transaction around the call (" + late
                            + "); enqueue before its completion begins",
                    late);
        }
    }

    /**
     * What {@code writing} in the transaction answers for all jobs; where it fails the transaction must not commit.
     *
     * @param writing gets at most {@value #MOST} at a time
     */
    List<SendResult> orRollBack(List<QueuedJob> jobs, Function<List<QueuedJob>, List<SendResult>> writing) {
        List<SendResult> results = new ArrayList<>(jobs.size());
        for (int from = 0; from < jobs.size(); from += MOST) {
            results.addAll(partOrRollBack(jobs.subList(from, Math.min(jobs.size(), from + MOST)), writing));
        }
        return results;
    }

    private List<SendResult> partOrRollBack(List<QueuedJob> jobs, Function<List<QueuedJob>, List<SendResult>> writing) {
        try {
            return writing.apply(jobs);
        } catch (GooseException failed) {
            // A part of them may be in the transaction, and some databases end it with the first error.
            transaction.setRollbackOnly();
            GooseException reason = new BrokerUnavailableException(
                    failed.getMessage() + "; the transaction around the call has been marked for rollback", failed);
            return Collections.nCopies(jobs.size(), new SendResult.Unknown(false, reason));
        }
    }
}
