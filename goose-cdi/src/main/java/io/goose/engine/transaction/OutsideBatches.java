package io.goose.engine.transaction;

import io.goose.job.BatchId;
import io.goose.spi.BatchLedger;
import java.util.List;
import java.util.Optional;

/** The batches of a broker whose connections join transactions, kept outside of them. Thread-safe. */
final class OutsideBatches implements BatchLedger {

    private final BatchLedger inner;
    private final Outside outside;

    OutsideBatches(BatchLedger inner, Outside outside) {
        this.inner = inner;
        this.outside = outside;
    }

    @Override
    public Added add(Addition addition) {
        return outside.call(() -> inner.add(addition));
    }

    @Override
    public Optional<Kept> find(BatchId id) {
        return outside.call(() -> inner.find(id));
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
    public boolean cancel(BatchId id) {
        return outside.call(() -> inner.cancel(id));
    }

    @Override
    public List<Integer> unended(BatchId id, int from, int most) {
        return outside.call(() -> inner.unended(id, from, most));
    }

    @Override
    public boolean delete(BatchId id) {
        return outside.call(() -> inner.delete(id));
    }
}
