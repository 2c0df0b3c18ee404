package io.goose.it.server;

import java.util.function.Predicate;

/**
 * Which of the requests that go through a proxy is meant. Counting starts when the fault is set and runs over all connections.
 *
 * @param which picks the requests that count; called on the proxy's thread, must not block
 * @param number the request meant, the first being 1
 * @param repeated whether each {@code number}th request is meant, and not that one alone
 */
public record Occurrence(Predicate<RespRequest> which, int number, boolean repeated) {

    /** Refuses a number below 1. */
    public Occurrence {
        if (number < 1) {
            throw new IllegalArgumentException("number=" + number + ": the first request is 1");
        }
    }

    /** The next request that {@code which} picks. */
    public static Occurrence next(Predicate<RespRequest> which) {
        return new Occurrence(which, 1, false);
    }

    /** The {@code number}th request that {@code which} picks. */
    public static Occurrence nth(int number, Predicate<RespRequest> which) {
        return new Occurrence(which, number, false);
    }

    /** Each {@code number}th request that {@code which} picks, until the fault is lifted. */
    public static Occurrence every(int number, Predicate<RespRequest> which) {
        return new Occurrence(which, number, true);
    }

    boolean meansCount(int count) {
        return repeated ? count % number == 0 : count == number;
    }
}
