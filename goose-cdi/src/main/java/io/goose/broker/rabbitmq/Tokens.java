package io.goose.broker.rabbitmq;

import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Numbers for leases that grow from one to the next, also from one process to another as far as their clocks agree: RabbitMQ has no
 * counter to draw from. What fences a settle is the channel, not this number. Thread-safe.
 */
final class Tokens {

    private static final int COUNTED = 12; // bits: 4096 leases in a millisecond before it runs ahead of the clock

    private static final AtomicLong LAST = new AtomicLong();

    private Tokens() {}

    static long next(Instant at) {
        long now = at.toEpochMilli() << COUNTED;
        return LAST.updateAndGet(last -> Math.max(last + 1, now));
    }
}
