package io.goose.engine.client;

import io.goose.job.CancelResult;
import io.goose.job.JobId;
import io.goose.spi.Broker;

/** Cancels a job whose queue is not known. Thread-safe. */
public final class Cancelling {

    /** A job may go from a queue that is still to be asked to one that has been, but a second time it is not that quick. */
    private static final int ROUNDS = 2;

    private final Broker broker;

    public Cancelling(Broker broker) {
        this.broker = broker;
    }

    /** See {@link io.goose.GooseClient#cancel}. */
    public CancelResult cancel(JobId id) {
        for (int round = 1; round <= ROUNDS; round++) {
            for (String queue : broker.queues()) {
                CancelResult result = broker.cancel(queue, id);
                if (result != CancelResult.NOT_FOUND) {
                    return result;
                }
            }
        }
        return broker.cancelUnseen(id);
    }
}
