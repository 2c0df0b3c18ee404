package io.goose.broker.memory;

import io.goose.spi.SessionSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * What the store knows of one session: until when it lives and what it has leased. A session that was rescued gets a new
 * one, with a new id. Guarded by the store's lock.
 */
final class Standing {
    final String id;
    final SessionSpec spec;
    final MemorySession session;
    Instant expiry;

    /** Ended in an orderly way: what it still holds becomes free by expiry and counts for nothing. */
    boolean closed;

    private final Map<String, NavigableMap<Long, Entry>> leases = new HashMap<>();
    private int suspects;

    Standing(String id, SessionSpec spec, MemorySession session, Instant expiry) {
        this.id = id;
        this.spec = spec;
        this.session = session;
        this.expiry = expiry;
    }

    boolean isExpired(Instant now) {
        return !now.isBefore(expiry);
    }

    /** Whether a job with this need, on this queue, can be left to this session. */
    boolean canRun(String queue, String need, Instant now) {
        return !closed && !isExpired(now) && spec.queues().contains(queue) && spec.canRun(need);
    }

    boolean holdsSuspect() {
        return suspects > 0;
    }

    boolean holdsNothing() {
        return leases.isEmpty();
    }

    void add(Entry entry, long token, boolean suspect) {
        leases.computeIfAbsent(entry.queue, queue -> new TreeMap<>()).put(token, entry);
        suspects += suspect ? 1 : 0;
    }

    void remove(Entry entry, long token, boolean suspect) {
        NavigableMap<Long, Entry> ofQueue = leases.get(entry.queue);
        if (ofQueue != null && ofQueue.remove(token) != null) {
            suspects -= suspect ? 1 : 0;
            if (ofQueue.isEmpty()) {
                leases.remove(entry.queue);
            }
        }
    }

    /** The queues in which this session holds leases; a copy. */
    List<String> leasedQueues() {
        return List.copyOf(leases.keySet());
    }

    /** The leased jobs of a queue in the order of their tokens; a copy. */
    List<Entry> leased(String queue) {
        NavigableMap<Long, Entry> ofQueue = leases.get(queue);
        return ofQueue == null ? List.of() : new ArrayList<>(ofQueue.values());
    }
}
