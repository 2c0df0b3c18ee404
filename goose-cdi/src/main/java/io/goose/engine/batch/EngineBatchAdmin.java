package io.goose.engine.batch;

import io.goose.admin.BatchAdmin;
import io.goose.job.BatchId;
import io.goose.job.BatchStatus;
import io.goose.spi.BatchLedger;
import java.util.List;
import java.util.Optional;

/** The admin view over the batches of one broker. Thread-safe. */
public final class EngineBatchAdmin implements BatchAdmin {

    private static final int MOST = 1000;

    private final Batches batches;

    public EngineBatchAdmin(Batches batches) {
        this.batches = batches;
    }

    @Override
    public long size() {
        return batches.ledger().size();
    }

    @Override
    public List<BatchStatus> list(int offset, int limit) {
        if (offset < 0 || limit < 1 || limit > MOST) {
            throw new IllegalArgumentException("GOOSE-1020: offset=" + offset + ", limit=" + limit
                    + ": an offset is at least 0, a limit 1 to " + MOST);
        }
        return batches.ledger().list(offset, limit).stream()
                .map(BatchLedger.Kept::status)
                .toList();
    }

    @Override
    public Optional<BatchStatus> find(BatchId id) {
        return batches.ledger().find(id).map(BatchLedger.Kept::status);
    }

    @Override
    public boolean cancel(BatchId id) {
        return batches.cancel(id);
    }

    @Override
    public boolean delete(BatchId id) {
        return batches.delete(id);
    }
}
