package io.goose.broker.jdbc;

import io.goose.spi.Lease;
import io.goose.spi.SessionSpec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** What a session knows of itself: its present id and what it holds. A session that was given up gets a new one. Thread-safe. */
final class Standing {

    private final String id = UUID.randomUUID().toString();
    private final String namespace;
    private final SessionSpec spec;
    private final Map<String, Integer> queues;
    private final Map<Long, Lease> held = new ConcurrentHashMap<>();

    /**
     * @param queues the numbers of the queues it serves
     */
    Standing(String namespace, SessionSpec spec, Map<String, Integer> queues) {
        this.namespace = namespace;
        this.spec = spec;
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
        leases.forEach(lease -> held.put(lease.token(), lease));
    }

    void letGo(Collection<Lease> leases) {
        leases.forEach(lease -> held.remove(lease.token(), lease));
    }

    boolean holds(long token) {
        return held.containsKey(token);
    }

    boolean holdsSuspect() {
        return held.values().stream().anyMatch(Lease::suspect);
    }

    List<Lease> held() {
        return new ArrayList<>(held.values());
    }
}
