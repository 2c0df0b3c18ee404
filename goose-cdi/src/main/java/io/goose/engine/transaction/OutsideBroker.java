package io.goose.engine.transaction;

import io.goose.admin.Place;
import io.goose.admin.QueueStats;
import io.goose.admin.StoredJob;
import io.goose.job.CancelResult;
import io.goose.job.JobId;
import io.goose.job.JobResult;
import io.goose.job.QueuedJob;
import io.goose.spi.BatchLedger;
import io.goose.spi.Branches;
import io.goose.spi.Broker;
import io.goose.spi.Capability;
import io.goose.spi.CronLedger;
import io.goose.spi.EvictionListener;
import io.goose.spi.Housekeeping;
import io.goose.spi.LimitLedger;
import io.goose.spi.Outbox;
import io.goose.spi.PoolUse;
import io.goose.spi.SendResult;
import io.goose.spi.Session;
import io.goose.spi.SessionSpec;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;

/**
 * A broker whose connections join transactions, called so that they do not, except by {@link #sendInTransaction}. Sessions
 * are used by Goose's own threads, which have no transaction.
 */
final class OutsideBroker implements Broker {

    private final Broker inner;
    private final Outside outside;
    private final Housekeeping housekeeping;

    OutsideBroker(Broker inner, Outside outside) {
        this.inner = inner;
        this.outside = outside;
        this.housekeeping = new OutsideHousekeeping(inner.housekeeping(), outside);
    }

    @Override
    public CompletionStage<List<SendResult>> send(List<QueuedJob> jobs) {
        return outside.call(() -> inner.send(jobs));
    }

    @Override
    public Branches branches() {
        return inner.branches();
    }

    @Override
    public Duration answersWithin() {
        return inner.answersWithin();
    }

    @Override
    public void prepareQueues(Set<String> queues) {
        outside.run(() -> inner.prepareQueues(queues));
    }

    @Override
    public List<SendResult> sendInTransaction(List<QueuedJob> jobs) {
        return inner.sendInTransaction(jobs);
    }

    @Override
    public void committed(Set<String> queues) {
        inner.committed(queues);
    }

    @Override
    public Optional<Outbox> outbox() {
        return inner.outbox();
    }

    /** On the thread as it is: what a session takes there, as a connection of the container's, must not end with a part of its work. */
    @Override
    public Session open(SessionSpec spec) {
        return inner.open(spec);
    }

    @Override
    public Set<Capability> capabilities() {
        return inner.capabilities();
    }

    @Override
    public Set<String> queues() {
        return outside.call(inner::queues);
    }

    @Override
    public void pause(String queue) {
        outside.run(() -> inner.pause(queue));
    }

    @Override
    public void resume(String queue) {
        outside.run(() -> inner.resume(queue));
    }

    @Override
    public void check() {
        outside.run(inner::check);
    }

    @Override
    public boolean leads() {
        return outside.call(inner::leads);
    }

    @Override
    public Optional<PoolUse> poolUse() {
        return inner.poolUse();
    }

    @Override
    public Optional<Duration> ledgerLag() {
        return inner.ledgerLag();
    }

    @Override
    public String describe() {
        return inner.describe();
    }

    @Override
    public QueueStats stats(String queue) {
        return outside.call(() -> inner.stats(queue));
    }

    @Override
    public Optional<StoredJob> find(String queue, JobId id) {
        return outside.call(() -> inner.find(queue, id));
    }

    @Override
    public List<StoredJob> list(String queue, Place place, int offset, int limit) {
        return outside.call(() -> inner.list(queue, place, offset, limit));
    }

    @Override
    public void visit(String queue, Place place, int most, Predicate<StoredJob> visitor) {
        outside.run(() -> inner.visit(queue, place, most, visitor));
    }

    @Override
    public Housekeeping housekeeping() {
        return housekeeping;
    }

    @Override
    public void onEviction(EvictionListener listener) {
        inner.onEviction(listener);
    }

    @Override
    public CronLedger crons() {
        return new OutsideCrons(inner.crons(), outside);
    }

    @Override
    public BatchLedger batches() {
        return new OutsideBatches(inner.batches(), outside);
    }

    @Override
    public LimitLedger limits() {
        return new OutsideLimits(inner.limits(), outside);
    }

    @Override
    public Optional<JobResult> result(String queue, JobId id) {
        return outside.call(() -> inner.result(queue, id));
    }

    @Override
    public CancelResult cancel(String queue, JobId id) {
        return outside.call(() -> inner.cancel(queue, id));
    }

    @Override
    public CancelResult cancelUnseen(JobId id) {
        return outside.call(() -> inner.cancelUnseen(id));
    }

    @Override
    public void close() {
        inner.close();
    }
}
