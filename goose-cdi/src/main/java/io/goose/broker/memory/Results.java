package io.goose.broker.memory;

import io.goose.job.JobId;
import io.goose.spi.Effect;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** What is kept of jobs that have ended, as text, as other brokers do it. Guarded by the store's lock. */
final class Results {

    private static final int FEW = 1000;

    private record Key(String queue, JobId id) {}

    private record Kept(String text, Instant until) {}

    private final Map<Key, Kept> results = new HashMap<>();
    private int most = FEW;

    void put(String queue, JobId id, Effect.PutResult put, Instant now) {
        results.put(new Key(queue, id), new Kept(put.result().encode(), now.plus(put.keep())));
        if (results.size() > most) {
            results.values().removeIf(kept -> !kept.until().isAfter(now));
            most = Math.max(FEW, 2 * results.size());
        }
    }

    Optional<String> find(String queue, JobId id, Instant now) {
        return Optional.ofNullable(results.get(new Key(queue, id)))
                .filter(kept -> kept.until().isAfter(now))
                .map(Kept::text);
    }
}
