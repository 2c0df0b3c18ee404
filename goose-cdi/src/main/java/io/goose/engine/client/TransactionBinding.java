package io.goose.engine.client;

import io.goose.job.QueuedJob;
import io.goose.spi.SendResult;
import java.util.List;

/** Ties what is enqueued to the transaction that surrounds the calling thread. Thread-safe. */
public interface TransactionBinding {

    /** Knows of no transaction. */
    TransactionBinding NONE = new TransactionBinding() {
        @Override
        public boolean applies() {
            return false;
        }

        @Override
        public List<SendResult> send(List<QueuedJob> jobs) {
            throw new IllegalStateException("there is no transaction");
        }
    };

    /** Whether a transaction surrounds the calling thread that jobs have to be bound to. Costs next to nothing. */
    boolean applies();

    /**
     * Binds jobs to that transaction.
     *
     * @param jobs at least one
     * @return one answer for each; accepted means that it exists if and only if the transaction commits
     * @throws io.goose.EnqueueRejectedException if the transaction cannot commit any more
     */
    List<SendResult> send(List<QueuedJob> jobs);
}
