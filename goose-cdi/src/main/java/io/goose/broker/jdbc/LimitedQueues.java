package io.goose.broker.jdbc;

import io.goose.job.EnvelopeCodec;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** Which queues had limits when this process claimed from them last, and how envelopes of such are read. Thread-safe. */
final class LimitedQueues {

    private final Set<String> names = ConcurrentHashMap.newKeySet();
    private final EnvelopeCodec codec = new EnvelopeCodec();
    private final Consumer<String> wakeHere;

    /**
     * @param wakeHere told the queue of which the sessions of this process are to look again
     */
    LimitedQueues(Consumer<String> wakeHere) {
        this.wakeHere = wakeHere;
    }

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

    /**
     * A lease has ended, and may bring a permit that somebody waits for. Its own worker looks, which has a thread free now; if it cannot
     * take all that there is, it tells others. Were all told of each permit, most would come in vain, and wait for each other.
     */
    void permitBack(String queue) {
        if (contains(queue)) {
            wakeHere.accept(queue);
        }
    }

    boolean contains(String queue) {
        return names.contains(queue);
    }
}
