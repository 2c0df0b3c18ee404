package io.goose.engine.transaction;

import io.goose.engine.client.TransactionBinding;
import io.goose.job.QueuedJob;
import io.goose.spi.Broker;
import io.goose.spi.SendResult;
import io.goose.spi.SurroundingTransaction;
import io.goose.spi.SurroundingTransaction.End;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** Enqueues as part of the transaction, on a broker whose connections join it. Thread-safe. */
final class Joining implements TransactionBinding {

    private final Surrounding surrounding;
    private final Broker broker;
    private final Enlistment enlistment;
    private final Set<String> prepared = ConcurrentHashMap.newKeySet();

    /**
     * @param broker called outside of the transaction except where it joins it
     */
    Joining(SurroundingTransaction transaction, Broker broker, Enlistment enlistment) {
        this.surrounding = new Surrounding(transaction);
        this.broker = broker;
        this.enlistment = enlistment;
    }

    @Override
    public boolean applies() {
        return surrounding.applies();
    }

    @Override
    public List<SendResult> send(List<QueuedJob> jobs) {
        surrounding.mustBeAbleToCommit(jobs.get(0));
        enlistment.mustWork();
        Joined joined = surrounding.kept(this, Joined.class, Joined::new, kept -> kept::ended, jobs.get(0));
        List<SendResult> results = surrounding.orRollBack(jobs, this::join);
        joined.add(jobs);
        return results;
    }

    private List<SendResult> join(List<QueuedJob> jobs) {
        prepare(jobs.stream().map(QueuedJob::queue).collect(Collectors.toSet()));
        return broker.sendInTransaction(jobs);
    }

    private void prepare(Set<String> queues) {
        if (!prepared.containsAll(queues)) {
            broker.prepareQueues(queues);
            prepared.addAll(queues);
        }
    }

    /** The queues of one transaction; synchronized because a timeout ends it on another thread. */
    private final class Joined {
        private final Set<String> queues = new HashSet<>();

        private synchronized void add(List<QueuedJob> jobs) {
            jobs.forEach(job -> queues.add(job.queue()));
        }

        private synchronized void ended(End end) {
            if (end != End.ROLLED_BACK && !queues.isEmpty()) {
                broker.committed(queues);
            }
        }
    }
}
