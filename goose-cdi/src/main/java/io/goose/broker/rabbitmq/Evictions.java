package io.goose.broker.rabbitmq;

import io.goose.spi.EvictionListener;

/** Who is told of dead jobs that had to go. Thread-safe. */
final class Evictions {

    private volatile EvictionListener listener = EvictionListener.NONE;

    /** Has another be told from now on. */
    void listen(EvictionListener told) {
        listener = told;
    }

    void tell(String queue, long count) {
        listener.evicted(queue, count);
    }
}
