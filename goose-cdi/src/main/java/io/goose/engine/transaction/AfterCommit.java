package io.goose.engine.transaction;

import io.goose.engine.client.TransactionBinding;
import io.goose.job.QueuedJob;
import io.goose.spi.SendResult;
import io.goose.spi.SurroundingTransaction;
import io.goose.spi.SurroundingTransaction.End;
import java.util.ArrayList;
import java.util.List;

/** Keeps the jobs of a transaction until it has committed, and hands them over then. Thread-safe. */
final class AfterCommit implements TransactionBinding {

    private final Surrounding surrounding;
    private final LateSender sender;

    AfterCommit(SurroundingTransaction transaction, LateSender sender) {
        this.surrounding = new Surrounding(transaction);
        this.sender = sender;
    }

    @Override
    public boolean applies() {
        return surrounding.applies();
    }

    @Override
    public List<SendResult> send(List<QueuedJob> jobs) {
        surrounding.mustBeAbleToCommit(jobs.get(0));
        surrounding
                .kept(this, Held.class, Held::new, held -> held::ended, jobs.get(0))
                .add(jobs);
        return UniqueLater.bound(jobs);
    }

    /** The jobs of one transaction; synchronized because a timeout ends it on another thread. */
    private final class Held {
        private final List<QueuedJob> jobs = new ArrayList<>();

        private synchronized void add(List<QueuedJob> more) {
            jobs.addAll(more);
        }

        private synchronized void ended(End end) {
            switch (end) {
                case COMMITTED -> sender.handOver(jobs);
                case UNKNOWN -> sender.unknown(jobs);
                case ROLLED_BACK -> {
                    // They never were.
                }
            }
        }
    }
}
