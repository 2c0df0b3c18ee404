package io.goose.engine.transaction;

import io.goose.engine.client.TransactionBinding;
import io.goose.job.QueuedJob;
import io.goose.spi.Outbox;
import io.goose.spi.SendResult;
import io.goose.spi.SurroundingTransaction;
import io.goose.spi.SurroundingTransaction.Completion;
import io.goose.spi.SurroundingTransaction.End;
import java.util.List;

/** Writes jobs into an outbox as part of the transaction, and has them relayed when it has committed. Thread-safe. */
final class OutboxBinding implements TransactionBinding {

    private final Surrounding surrounding;
    private final String target;
    private final Outbox outbox;
    private final Enlistment enlistment;
    private final Relay relay;

    /**
     * @param target the broker that the jobs are for
     * @param enlistment of the broker that has the outbox
     */
    OutboxBinding(
            SurroundingTransaction transaction, String target, Outbox outbox, Enlistment enlistment, Relay relay) {
        this.surrounding = new Surrounding(transaction);
        this.target = target;
        this.outbox = outbox;
        this.enlistment = enlistment;
        this.relay = relay;
    }

    @Override
    public boolean applies() {
        return surrounding.applies();
    }

    @Override
    public List<SendResult> send(List<QueuedJob> jobs) {
        surrounding.mustBeAbleToCommit(jobs.get(0));
        enlistment.mustWork();
        surrounding.kept(this, Completion.class, () -> this::ended, completion -> completion, jobs.get(0));
        return surrounding.orRollBack(jobs, part -> {
            outbox.write(target, part);
            return UniqueLater.bound(part);
        });
    }

    private void ended(End end) {
        if (end != End.ROLLED_BACK) {
            relay.wake();
        }
    }
}
