package io.goose.broker.redis;

import java.time.Duration;

/** Time for work that can be left to later: a heart must beat before the lease ends, however much there is. Immutable. */
final class Budget {

    private final long startNanos = System.nanoTime();
    private final long nanos;

    Budget(Duration time) {
        this.nanos = time.toNanos();
    }

    boolean isSpent() {
        return System.nanoTime() - startNanos >= nanos;
    }
}
