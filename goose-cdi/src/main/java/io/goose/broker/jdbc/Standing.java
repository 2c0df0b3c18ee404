package io.goose.broker.jdbc;

import io.goose.spi.Lease;
import io.goose.spi.SessionSpec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What a session knows of itself: its present id and what it holds. A session that was given up gets a new one. Thread-safe. */
final class Standing {

    private final String id;
    private final String namespace;
    private final SessionSpec spec;
    private final Map<String, Integer> queues;
    private final Map<Long, Lease> held = new ConcurrentHashMap<>();
    private volatile long newest; // the largest token that was held; written by the claiming thread
    private volatile long lowest = Long.MIN_VALUE;

    /**
     * @param queues the numbers of the queues it serves
     */
    Standing(String namespace, SessionSpec spec, Map<String, Integer> queues) {
        this.namespace = namespace;
        this.spec = spec;
        this.id = spec.newId();
        this.queues = Map.copyOf(queues);
    }

    String id() {
        return id;
    }

    String namespace() {
        return namespace;
    }

    SessionSpec spec() {
        return spec;
    }

    Map<String, Integer> queues() {
        return queues;
    }

    int queue(String name) {
        return queues.getOrDefault(name, 0);
    }

    void hold(Collection<Lease> leases) {
        for (Lease lease : leases) {
            held.put(lease.token(), lease);
            newest = Math.max(newest, lease.token());
            lowest = Math.min(lowest, lease.token());
        }
    }

    /** No lease of the session has a lower token, as far as was seen: what was settled below is not read again. */
    long lowest() {
        return lowest;
    }

    /** The largest token that was held; who claims later gets a larger one. */
    long newest() {
        return newest;
    }

    /** All leases of the session were looked at, and no claim was under way; {@code token} is the lowest, or none is lower. */
    void noteLowest(long token) {
        lowest = token;
    }

    /** A lease may have any token: a claim was not answered, or it is time to look at all. */
    void forgetLowest() {
        lowest = Long.MIN_VALUE;
    }

    void letGo(Collection<Lease> leases) {
        leases.forEach(lease -> held.remove(lease.token(), lease));
    }

    boolean holds(long token) {
        return held.containsKey(token);
    }

    boolean holdsAny() {
        return !held.isEmpty();
    }

    boolean holdsSuspect() {
        return held.values().stream().anyMatch(Lease::suspect);
    }

    List<Lease> held() {
        return new ArrayList<>(held.values());
    }

    /** What it held, and holds no more. */
    List<Lease> loseAll() {
        List<Lease> all = held();
        letGo(all);
        return all;
    }
}
