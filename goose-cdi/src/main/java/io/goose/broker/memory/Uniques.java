package io.goose.broker.memory;

import io.goose.admin.Place;
import io.goose.job.Envelope.Unique.OnConflict;
import io.goose.job.Envelope.Unique.Scope;
import io.goose.job.JobId;
import io.goose.job.QueuedJob;
import io.goose.job.UniqueKey;
import io.goose.spi.Effect;
import io.goose.spi.SendResult;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which job is noted for which unique key. Whether it holds the key is told by where it is, so that nothing has to be done when it is
 * deleted, cancelled, evicted or buried. Guarded by the store's lock.
 */
final class Uniques {

    private static final int FEW = 1000;

    private record Key(String home, String key) {}

    private record Holder(JobId id, UniqueKey unique) {}

    private final MemoryStore store;
    private final Map<Key, Holder> holders = new HashMap<>();
    private int most = FEW;

    Uniques(MemoryStore store) {
        this.store = store;
    }

    /** Adds a job unless its key is held. */
    SendResult accept(QueuedJob job, UniqueKey unique) {
        Key key = new Key(job.queue(), unique.key());
        Holder holder = holders.get(key);
        boolean repeated = store.entry(job.queue(), job.id()) != null;
        if (!repeated && holder != null && isHeld(key.home(), holder)) {
            return replaces(job, unique, holder)
                    ? new SendResult.Replaced(holder.id)
                    : new SendResult.Exists(holder.id);
        }
        SendResult result = store.accept(job);
        if (result instanceof SendResult.Accepted) {
            clean();
            holders.put(key, new Holder(job.id(), unique));
        }
        return result;
    }

    private boolean isHeld(String home, Holder holder) {
        Instant until = holder.unique.until();
        if (until != null) {
            return store.now().isBefore(until);
        }
        Entry entry = entry(home, holder);
        return entry != null
                && entry.place != Place.DEAD
                && (holder.unique.scope() == Scope.RUNNING || entry.place != Place.RUNNING);
    }

    private @Nullable Entry entry(String home, Holder holder) {
        Entry here = store.entry(home, holder.id);
        String elsewhere = holder.unique.retryQueue();
        return here != null || elsewhere == null ? here : store.entry(elsewhere, holder.id);
    }

    /** Gives the bytes of a job, and perhaps its time, to the one that has the key, if that waits at home; whether it does. */
    private boolean replaces(QueuedJob job, UniqueKey unique, Holder holder) {
        Entry entry = store.entry(job.queue(), holder.id);
        boolean waits = entry != null && (entry.place == Place.WAITING || entry.place == Place.SCHEDULED);
        if (entry == null || !waits || unique.onConflict() == OnConflict.KEEP) {
            return false;
        }
        entry.envelope = job.envelope();
        entry.limited = null; // which limits it has is read anew
        Instant time = job.state().notBefore();
        boolean movable = unique.onConflict() == OnConflict.DEBOUNCE && entry.place == Place.SCHEDULED;
        if (movable && time != null && time.isAfter(store.now())) {
            store.queue(job.queue()).toScheduled(entry, time, entry.need);
            store.sessions.signal(job.queue());
        }
        return true;
    }

    /** The job gives the key up, if it is the one that has it. */
    void release(Effect.ReleaseUnique release, JobId id) {
        holders.computeIfPresent(
                new Key(release.home(), release.key()),
                (key, holder) -> holder.id.equals(id) && holder.unique.until() == null ? null : holder);
    }

    /** Forgets those that are over, now and then; one that is dead is there, and may be replayed. */
    private void clean() {
        if (holders.size() < most) {
            return;
        }
        Instant now = store.now();
        holders.entrySet().removeIf(each -> {
            Instant until = each.getValue().unique.until();
            return until != null ? !now.isBefore(until) : entry(each.getKey().home(), each.getValue()) == null;
        });
        most = Math.max(FEW, 2 * holders.size());
    }
}
