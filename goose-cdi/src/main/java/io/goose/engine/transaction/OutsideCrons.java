package io.goose.engine.transaction;

import io.goose.job.JobId;
import io.goose.spi.CronLedger;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The recurring jobs of a broker whose connections join transactions, kept outside of them. Thread-safe. */
final class OutsideCrons implements CronLedger {

    private final CronLedger inner;
    private final Outside outside;

    OutsideCrons(CronLedger inner, Outside outside) {
        this.inner = inner;
        this.outside = outside;
    }

    @Override
    public Instant now() {
        return outside.call(inner::now);
    }

    @Override
    public Due due(int most) {
        return outside.call(() -> inner.due(most));
    }

    @Override
    public List<Boolean> apply(List<Change> changes) {
        return outside.call(() -> inner.apply(changes));
    }

    @Override
    public Optional<Kept> find(String name) {
        return outside.call(() -> inner.find(name));
    }

    @Override
    public long size() {
        return outside.call(inner::size);
    }

    @Override
    public List<Kept> list(int offset, int limit) {
        return outside.call(() -> inner.list(offset, limit));
    }

    @Override
    public boolean delete(String name) {
        return outside.call(() -> inner.delete(name));
    }

    @Override
    public boolean isUnderWay(String queue, JobId id) {
        return outside.call(() -> inner.isUnderWay(queue, id));
    }
}
