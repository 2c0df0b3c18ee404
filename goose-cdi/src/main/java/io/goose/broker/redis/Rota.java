package io.goose.broker.redis;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Whose turn it is of the queues of a ledger: a thousand at most, and each time others come first. Thread-safe. */
final class Rota {

    private static final int MOST = 1_000;

    private final Registry registry;
    private final AtomicInteger turns = new AtomicInteger();

    Rota(Registry registry) {
        this.registry = registry;
    }

    List<QueueKeys> next() {
        List<String> names = List.copyOf(registry.queues());
        int count = Math.min(names.size(), MOST);
        int first = turns.getAndAdd(Math.max(1, count == names.size() ? 1 : count));
        List<QueueKeys> queues = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            queues.add(registry.keys(names.get(Math.floorMod(first + i, names.size()))));
        }
        return queues;
    }
}
