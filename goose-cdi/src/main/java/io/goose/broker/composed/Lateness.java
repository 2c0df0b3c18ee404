package io.goose.broker.composed;

import io.goose.spi.GuardedLedger.Due;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * For how long something has been due in the ledger without a moment in which the transport had all of it: of each queue, and of what was taken
 * and is not confirmed. What nobody here has looked at for a minute does not count: others may have. Thread-safe.
 */
final class Lateness {

    static final Duration KEPT = Duration.ofMinutes(1);

    private static final String STRAYS = ""; // the name of no queue

    private final LongSupplier nanoClock;
    private final Map<String, Seen> seen = new ConcurrentHashMap<>();

    /**
     * @param since when something was due first, or will be
     * @param looked when that was known
     */
    private record Seen(long since, long looked) {}

    Lateness(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
    }

    /** What was due in a queue was taken, and this is left. */
    void looked(String queue, Due left) {
        Duration untilNext = left.untilNext();
        if (untilNext == null) {
            seen.remove(queue);
        } else {
            note(queue, untilNext.toNanos());
        }
    }

    /**
     * It was looked whether something is not confirmed.
     *
     * @param hold for how long what was found is not found again, so that one look at nothing says nothing
     */
    void lookedAtStrays(boolean any, Duration hold) {
        Seen before = seen.get(STRAYS);
        if (any) {
            note(STRAYS, 0);
        } else if (before != null
                && nanoClock.getAsLong() - before.looked()
                        >= hold.multipliedBy(2).toNanos()) {
            seen.remove(STRAYS);
        }
    }

    private void note(String what, long untilNextNanos) {
        long now = nanoClock.getAsLong();
        Seen before = seen.get(what);
        long since = now + Math.max(0, untilNextNanos);
        if (untilNextNanos <= 0 && before != null && before.since() - now < 0) {
            since = before.since(); // it has been behind before
        }
        seen.put(what, new Seen(since, now));
    }

    /** The longest; zero if all that was due is with the transport. */
    Duration now() {
        long now = nanoClock.getAsLong();
        long longest = 0;
        for (Seen each : seen.values()) {
            if (now - each.looked() < KEPT.toNanos()) {
                longest = Math.max(longest, now - each.since());
            }
        }
        return Duration.ofNanos(longest);
    }
}
