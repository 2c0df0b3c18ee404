package io.goose.broker.memory;

import io.goose.admin.Place;
import io.goose.admin.WorkerInfo;
import io.goose.admin.WorkerInfo.LeasedJob;
import io.goose.job.JobId;
import io.goose.job.Lane;
import io.goose.spi.Housekeeping;
import io.goose.spi.MemberState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Changes many jobs, each call in one step. Thread-safe. */
final class MemoryHousekeeping implements Housekeeping {

    private static final Set<Place> UPCOMING = Set.of(Place.WAITING, Place.SCHEDULED);

    private final Supplier<MemoryStore> connected;

    /**
     * @param connected the storage; throws if the connection is closed
     */
    MemoryHousekeeping(Supplier<MemoryStore> connected) {
        this.connected = connected;
    }

    private <T> T locked(Function<MemoryStore, T> step) {
        MemoryStore store = connected.get();
        store.lock.lock();
        try {
            return step.apply(store);
        } finally {
            store.lock.unlock();
        }
    }

    /** Those that are in one of the places, each of which is changed. */
    private static List<JobId> change(
            MemoryStore store, String name, Set<Place> places, List<JobId> ids, BiConsumer<MemoryQueue, Entry> change) {
        List<JobId> changed = new ArrayList<>();
        for (JobId id : ids) {
            Entry entry = store.entry(name, id);
            if (entry != null && places.contains(entry.place)) {
                change.accept(store.queue(name), entry);
                changed.add(id);
            }
        }
        return changed;
    }

    @Override
    public List<JobId> delete(String queue, Set<Place> places, List<JobId> ids) {
        Set<Place> allowed = Housekeeping.both(places, ALL_BUT_RUNNING);
        return locked(store -> change(store, queue, allowed, ids, (inQueue, entry) -> discard(store, inQueue, entry)));
    }

    /** A job ends without having run: what else is known of it ends here. */
    private static void discard(MemoryStore store, MemoryQueue queue, Entry entry) {
        queue.remove(entry);
        if (entry.place != Place.DEAD) { // else its batch has counted it
            store.batches.removed(store, entry);
        }
    }

    /** The last first, for each goes ahead of what is there. */
    @Override
    public List<JobId> prioritise(String queue, Set<Place> places, List<JobId> ids) {
        List<JobId> backwards = new ArrayList<>(ids.stream().distinct().toList());
        Collections.reverse(backwards);
        return locked(store -> {
            List<JobId> moved =
                    change(store, queue, Housekeeping.both(places, UPCOMING), backwards, MemoryQueue::toHead);
            if (!moved.isEmpty()) {
                store.sessions.signal(queue);
            }
            return Housekeeping.inOrder(ids, moved);
        });
    }

    @Override
    public List<JobId> replay(String queue, Set<Place> places, List<JobId> ids) {
        return locked(store -> {
            List<JobId> moved = change(store, queue, Housekeeping.both(places, ENDED), ids, (inQueue, entry) -> {
                entry.state = entry.state.replayed();
                inQueue.toLane(entry, Lane.FRONT, null);
                store.batches.mark(store, entry, MemberState.ENQUEUED);
            });
            if (!moved.isEmpty()) {
                store.sessions.signal(queue);
            }
            return moved;
        });
    }

    @Override
    public List<JobId> oldest(String queue, Place place, int most) {
        return locked(store -> first(store, queue, place, most));
    }

    private static List<JobId> first(MemoryStore store, String name, Place place, int most) {
        MemoryQueue queue = store.existing(name);
        if (queue == null) {
            return List.of();
        }
        store.evict(queue, store.now());
        List<Entry> all = queue.list(place);
        if (ENDED.contains(place)) {
            Collections.reverse(all);
        }
        return all.stream().limit(most).map(entry -> entry.id).toList();
    }

    @Override
    public List<JobId> purge(String queue, Place place, @Nullable Instant until, int most) {
        return locked(store -> {
            List<JobId> first = first(store, queue, place, most).stream()
                    .filter(id -> until == null || diedBy(store.entry(queue, id), until))
                    .toList();
            Set<Place> places = Housekeeping.both(Set.of(place), ALL_BUT_RUNNING);
            return change(store, queue, places, first, (inQueue, entry) -> discard(store, inQueue, entry));
        });
    }

    private static boolean diedBy(@Nullable Entry entry, Instant time) {
        Instant died = entry == null ? null : entry.state.failures().diedAt();
        return died != null && !died.isAfter(time);
    }

    @Override
    public List<WorkerInfo> workers() {
        return locked(store ->
                store.sessions.all().stream().map(MemoryHousekeeping::info).toList());
    }

    private static WorkerInfo info(Standing standing) {
        List<LeasedJob> leased = new ArrayList<>();
        for (String queue : standing.leasedQueues()) {
            standing.leased(queue).forEach(entry -> leased.add(new LeasedJob(queue, entry.id)));
        }
        return new WorkerInfo(
                standing.id,
                standing.spec.host(),
                standing.spec.threads(),
                new TreeSet<>(standing.spec.queues()),
                leased,
                standing.expiry,
                standing.closed);
    }
}
