package io.goose.broker.memory;

import io.goose.job.BatchId;
import io.goose.job.QueuedJob;
import io.goose.spi.BatchLedger;
import io.goose.spi.MemberMark;
import io.goose.spi.MemberState;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;

/** The batches of a storage, by one connection to it. Thread-safe: everything happens under the store's lock. */
final class MemoryBatches implements BatchLedger {

    private final Supplier<MemoryStore> connected;

    /**
     * What a storage keeps. Guarded by its lock.
     *
     * @param all by id
     */
    record Kept(NavigableMap<BatchId, MemoryBatch> all) {
        Kept() {
            this(new TreeMap<>());
        }

        /** A job that is removed without having run. */
        void removed(MemoryStore store, Entry entry) {
            mark(store, entry, MemberState.CANCELLED);
        }

        /** A job that has become something, as it is stored now. */
        void mark(MemoryStore store, Entry entry, MemberState state) {
            MemberMark.of(entry.id, entry.state.moves(), state).ifPresent(mark -> mark(store, mark));
        }

        void mark(MemoryStore store, MemberMark mark) {
            MemoryBatch batch = all.get(mark.batch());
            if (batch != null && batch.mark(mark)) {
                complete(store, batch);
            }
        }

        private void complete(MemoryStore store, MemoryBatch batch) {
            if (!batch.isOver()) {
                return;
            }
            for (QueuedJob callback : batch.complete(store.now())) {
                store.accept(callback, true);
            }
            tidy(store);
        }

        private void tidy(MemoryStore store) {
            all.values().removeIf(batch -> batch.isGone(store.now()));
        }
    }

    /**
     * @param connected the storage; throws when the connection is closed
     */
    MemoryBatches(Supplier<MemoryStore> connected) {
        this.connected = connected;
    }

    private <T> T locked(Function<MemoryStore, T> work) {
        MemoryStore store = connected.get();
        store.lock.lock();
        try {
            store.batches.tidy(store);
            return work.apply(store);
        } finally {
            store.lock.unlock();
        }
    }

    @Override
    public Added add(Addition addition) {
        return locked(store -> add(store, addition));
    }

    private static Added add(MemoryStore store, Addition addition) {
        MemoryBatch batch = store.batches.all.get(addition.id());
        if (batch == null) {
            Plan plan = addition.plan();
            if (plan == null) {
                return new Added(Result.UNKNOWN, 0);
            }
            batch = new MemoryBatch(addition.id(), plan, store.now());
            store.batches.all.put(addition.id(), batch);
        }
        if (batch.additions.contains(addition.number())) {
            return new Added(Result.ADDED, batch.total);
        }
        if (batch.completed != null || batch.cancelled) {
            return new Added(Result.OVER, batch.total);
        }
        if (batch.total != addition.from()) {
            return new Added(Result.MOVED, batch.total);
        }
        batch.additions.add(addition.number());
        batch.queues.addAll(addition.queues());
        batch.grow(addition.members().size());
        addition.members().forEach(job -> store.accept(job, job.marked()));
        batch.sealed |= addition.seal();
        store.batches.complete(store, batch);
        return new Added(Result.ADDED, batch.total);
    }

    @Override
    public Optional<BatchLedger.Kept> find(BatchId id) {
        return locked(store -> Optional.ofNullable(store.batches.all.get(id)).map(MemoryBatch::kept));
    }

    @Override
    public long size() {
        return locked(store -> (long) store.batches.all.size());
    }

    @Override
    public List<BatchLedger.Kept> list(int offset, int limit) {
        return locked(store -> store.batches.all.descendingMap().values().stream()
                .skip(offset)
                .limit(limit)
                .map(MemoryBatch::kept)
                .toList());
    }

    @Override
    public boolean cancel(BatchId id) {
        return locked(store -> {
            MemoryBatch batch = store.batches.all.get(id);
            if (batch == null || batch.completed != null) {
                return false;
            }
            batch.cancel();
            store.batches.complete(store, batch);
            return true;
        });
    }

    @Override
    public List<Integer> unended(BatchId id, int from, int most) {
        return locked(store -> {
            MemoryBatch batch = store.batches.all.get(id);
            return batch == null ? List.of() : batch.unended(from, most);
        });
    }

    @Override
    public boolean delete(BatchId id) {
        return locked(store -> store.batches.all.remove(id) != null);
    }
}
