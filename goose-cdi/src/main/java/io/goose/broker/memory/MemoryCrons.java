package io.goose.broker.memory;

import io.goose.admin.Place;
import io.goose.job.JobId;
import io.goose.job.QueuedJob;
import io.goose.spi.CronLedger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** The recurring jobs of a storage, by one connection to it. Thread-safe: everything happens under the store's lock. */
final class MemoryCrons implements CronLedger {

    private final Supplier<MemoryStore> connected;

    /**
     * @param connected the storage; throws when the connection is closed
     */
    MemoryCrons(Supplier<MemoryStore> connected) {
        this.connected = connected;
    }

    private <T> T locked(Function<MemoryStore, T> work) {
        MemoryStore store = connected.get();
        store.lock.lock();
        try {
            return work.apply(store);
        } finally {
            store.lock.unlock();
        }
    }

    @Override
    public Instant now() {
        return connected.get().now();
    }

    @Override
    public Due due(int most) {
        return locked(store -> {
            Instant now = store.now();
            List<Kept> waiting = store.crons.values().stream()
                    .filter(kept -> kept.due() != null)
                    .sorted(Comparator.comparing(MemoryCrons::due))
                    .toList();
            List<Kept> due = waiting.stream()
                    .filter(kept -> !due(kept).isAfter(now))
                    .limit(most)
                    .toList();
            Duration untilNext =
                    due.size() < waiting.size() ? Duration.between(now, due(waiting.get(due.size()))) : null;
            return new Due(due, untilNext == null || !untilNext.isNegative() ? untilNext : Duration.ZERO, now);
        });
    }

    private static Instant due(Kept kept) {
        Instant due = kept.due();
        return due == null ? Instant.MAX : due;
    }

    @Override
    public List<Boolean> apply(List<Change> changes) {
        return locked(store -> {
            List<Boolean> applied = new ArrayList<>(changes.size());
            changes.forEach(change -> applied.add(apply(store, change)));
            return applied;
        });
    }

    private static boolean apply(MemoryStore store, Change change) {
        Map<String, Kept> crons = store.crons;
        Kept there = crons.get(change.next().name());
        if (there != null && there.version().equals(change.next().version())) {
            return true; // it was applied before
        }
        Kept was = change.was();
        boolean asExpected =
                was == null ? there == null : there != null && there.version().equals(was.version());
        if (asExpected) {
            crons.put(change.next().name(), change.next());
            for (QueuedJob job : change.jobs()) {
                store.accept(job, job.marked());
            }
        }
        return asExpected;
    }

    @Override
    public Optional<Kept> find(String name) {
        return locked(store -> Optional.ofNullable(store.crons.get(name)));
    }

    @Override
    public long size() {
        return locked(store -> (long) store.crons.size());
    }

    @Override
    public List<Kept> list(int offset, int limit) {
        return locked(
                store -> store.crons.values().stream().skip(offset).limit(limit).toList());
    }

    @Override
    public boolean delete(String name) {
        return locked(store -> store.crons.remove(name) != null);
    }

    @Override
    public boolean isUnderWay(String queue, JobId id) {
        return locked(store -> {
            MemoryQueue there = store.existing(queue);
            Entry job = there == null ? null : there.get(id);
            return job != null && job.place != Place.DEAD && job.place != Place.PARKED;
        });
    }
}
