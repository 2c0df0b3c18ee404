package io.goose.broker.jdbc;

import io.goose.job.EnvelopeCodec;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Which queues had limits when this process claimed from them last, and how envelopes of such are read. Thread-safe. */
final class LimitedQueues {

    private final Set<String> names = ConcurrentHashMap.newKeySet();
    private final EnvelopeCodec codec = new EnvelopeCodec();

    EnvelopeCodec codec() {
        return codec;
    }

    void note(String queue, boolean limited) {
        if (limited) {
            names.add(queue);
        } else if (!names.isEmpty()) {
            names.remove(queue);
        }
    }

    /** Whether the end of a lease may bring a permit that somebody waits for. */
    boolean contains(String queue) {
        return names.contains(queue);
    }
}
