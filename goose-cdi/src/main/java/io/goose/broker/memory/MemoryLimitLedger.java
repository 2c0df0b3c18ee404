package io.goose.broker.memory;

import io.goose.QueueNames;
import io.goose.admin.LimitScope;
import io.goose.spi.LimitLedger;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Changes the limits of queues. Thread-safe. */
final class MemoryLimitLedger implements LimitLedger {

    private final Supplier<MemoryStore> connected;

    /**
     * @param connected the storage; throws if the connection is closed
     */
    MemoryLimitLedger(Supplier<MemoryStore> connected) {
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

    @Override
    public Map<LimitScope, Kept> limits(String queue) {
        return locked(store -> {
            MemoryQueue known = store.existing(queue);
            return known == null ? Map.of() : Map.copyOf(known.limits.kept);
        });
    }

    @Override
    public void put(String queue, LimitScope scope, Kept kept) {
        change(QueueNames.check(queue), scope, kept);
    }

    @Override
    public boolean remove(String queue, LimitScope scope) {
        return change(queue, scope, null);
    }

    private boolean change(String queue, LimitScope scope, @Nullable Kept kept) {
        return locked(store -> {
            Map<LimitScope, Kept> limits = store.queue(queue).limits.kept;
            boolean was = (kept == null ? limits.remove(scope) : limits.put(scope, kept)) != null;
            store.sessions.signal(queue);
            return was;
        });
    }

    @Override
    public long running(String queue, LimitScope scope) {
        return locked(store -> {
            MemoryQueue known = store.existing(queue);
            return known == null ? 0L : known.limits.running(known, scope);
        });
    }
}
