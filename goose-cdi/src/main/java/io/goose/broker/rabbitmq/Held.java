package io.goose.broker.rabbitmq;

import io.goose.spi.Lease;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The leases of a session, by their tokens. Thread-safe. */
final class Held {

    private final Map<Long, Entry> leases = new ConcurrentHashMap<>();
    private final AtomicInteger suspects = new AtomicInteger();

    /**
     * A lease and the delivery that it is of.
     *
     * @param hold where the job is kept instead, if it runs for long
     * @param settling whether somebody is about to end it
     */
    record Entry(Lease lease, Delivered delivered, Holds.@Nullable Hold hold, boolean settling) {

        /** Whether it can still be settled as far as is known here. */
        boolean isLive() {
            return hold != null || delivered.line().isAlive();
        }
    }

    void add(Lease lease, Delivered delivered) {
        leases.put(lease.token(), new Entry(lease, delivered, null, false));
        if (lease.suspect()) {
            suspects.incrementAndGet();
        }
    }

    /** Whether a lease can still be settled, as far as is known here. */
    boolean isLive(long token) {
        Entry entry = leases.get(token);
        return entry != null && entry.isLive();
    }

    /** Begins to settle a lease; null if there is none, others have it by now, or somebody else is about to. */
    @Nullable Entry settling(long token) {
        boolean[] mine = new boolean[1];
        Entry entry = leases.computeIfPresent(token, (same, was) -> {
            mine[0] = !was.settling();
            return mine[0] ? new Entry(was.lease(), was.delivered(), was.hold(), true) : was;
        });
        return entry == null || !mine[0] || !entry.isLive() ? null : entry;
    }

    /** Says that a lease could not be settled now. */
    void unsettled(Entry entry) {
        leases.computeIfPresent(
                entry.lease().token(), (same, was) -> new Entry(was.lease(), was.delivered(), was.hold(), false));
    }

    /** Notes where a job is kept from now on; false if it is being settled, or was. */
    boolean keep(Entry entry, Holds.Hold hold) {
        boolean[] kept = new boolean[1];
        leases.computeIfPresent(entry.lease().token(), (same, was) -> {
            kept[0] = !was.settling();
            return kept[0] ? new Entry(was.lease(), was.delivered(), hold, false) : was;
        });
        return kept[0];
    }

    @Nullable Entry remove(long token) {
        Entry entry = leases.remove(token);
        if (entry != null && entry.lease().suspect()) {
            suspects.decrementAndGet();
        }
        return entry;
    }

    /** Whether a delivery is leased. */
    boolean holds(Delivered delivered) {
        return leases.values().stream().anyMatch(entry -> entry.delivered().equals(delivered));
    }

    boolean holdsSuspect() {
        return suspects.get() > 0;
    }

    /** How many of a queue there are. */
    int count(String queue) {
        int count = 0;
        for (Entry entry : leases.values()) {
            count += entry.lease().job().queue().equals(queue) ? 1 : 0;
        }
        return count;
    }

    List<Entry> all() {
        return new ArrayList<>(leases.values());
    }

    /** Takes out those that others have by now. */
    List<Lease> takeLost() {
        List<Lease> lost = new ArrayList<>();
        for (Entry entry : all()) {
            if (!entry.isLive() && remove(entry.lease().token()) != null) {
                lost.add(entry.lease());
            }
        }
        return lost;
    }
}
