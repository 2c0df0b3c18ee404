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

    /** A lease and the delivery that it is of. */
    record Entry(Lease lease, Delivered delivered) {}

    void add(Lease lease, Delivered delivered) {
        leases.put(lease.token(), new Entry(lease, delivered));
        if (lease.suspect()) {
            suspects.incrementAndGet();
        }
    }

    /** The delivery of a lease that can still be settled; null if there is none, or others have it by now. */
    @Nullable Delivered live(long token) {
        Entry entry = leases.get(token);
        return entry == null || !entry.delivered().line().isAlive() ? null : entry.delivered();
    }

    @Nullable Entry remove(long token) {
        Entry entry = leases.remove(token);
        if (entry != null && entry.lease().suspect()) {
            suspects.decrementAndGet();
        }
        return entry;
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
            if (!entry.delivered().line().isAlive() && remove(entry.lease().token()) != null) {
                lost.add(entry.lease());
            }
        }
        return lost;
    }
}
