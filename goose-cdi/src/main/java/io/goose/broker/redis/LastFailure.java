package io.goose.broker.redis;

import org.jspecify.annotations.Nullable;

/**
 * The last search for a server that found none. Whoever waited for its end shares it: each searching anew, one after the other, the
 * last would wait for all. Not thread-safe: its owner's lock guards it.
 */
final class LastFailure {

    private @Nullable RedisFault fault;
    private long endedNanos;

    void set(RedisFault failed) {
        fault = failed;
        endedNanos = System.nanoTime();
    }

    /** Throws the failure if its search ended after this nanoTime. */
    void rethrowIfAfter(long nanos) throws RedisFault {
        RedisFault last = fault;
        if (last != null && endedNanos - nanos > 0) {
            throw new RedisFault(last.kind(), String.valueOf(last.getMessage()), last);
        }
    }
}
