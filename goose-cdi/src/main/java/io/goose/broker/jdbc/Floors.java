package io.goose.broker.jdbc;

import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Where one claimer starts to look in a lane. What lies before was taken, and its index entries may stay for as long as any
 * transaction is open that began before: reading from the start would take longer with every claim.
 *
 * <p>A job can come in below such a floor, for senders draw numbers and commit in different order. So a claim that does not
 * find enough looks at what came in the last seconds again, and from time to time all is looked at from the start, the more
 * seldom the longer that takes. Called by one thread.
 */
final class Floors {

    private static final long RECENT_NANOS = 3_000_000_000L;
    private static final long FULL_LOOK_NANOS = 10_000_000_000L;
    private static final int SHARE_OF_FULL_LOOKS = 20;

    private final LongSupplier nanos;
    private final Map<String, Floor> floors = new HashMap<>();

    /**
     * @param nanos the time, as of {@link System#nanoTime}
     */
    Floors(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** The floor of one lane. */
    final class Floor {
        private long taken = Long.MIN_VALUE;
        private long mark = Long.MIN_VALUE;
        private long recent = Long.MIN_VALUE;
        private long markedNanos = nanos.getAsLong();
        private long fullNanos = markedNanos - FULL_LOOK_NANOS;
        private long fullTook;
        private long startedNanos;
        private boolean full;
        private boolean hungry;

        /** The number after which a claim is to look. */
        long start() {
            long now = nanos.getAsLong();
            startedNanos = now;
            full = now - fullNanos >= Math.max(FULL_LOOK_NANOS, SHARE_OF_FULL_LOOKS * fullTook);
            if (full) {
                return Long.MIN_VALUE;
            }
            if (now - markedNanos >= RECENT_NANOS) {
                recent = mark;
                mark = taken;
                markedNanos = now;
            }
            return hungry ? recent : taken;
        }

        /** Where to look again, for a claim that looked after {@code from} and did not find enough. */
        long again(long from) {
            return Math.min(from, recent);
        }

        /** A claim has looked. */
        void looked(boolean foundEnough) {
            hungry = !foundEnough;
            if (full) {
                fullNanos = nanos.getAsLong();
                fullTook = fullNanos - startedNanos;
                full = false;
            }
        }

        /** A claim took the job of this number. */
        void took(long number) {
            taken = Math.max(taken, number);
        }
    }

    Floor of(String queue, int lane) {
        return floors.computeIfAbsent(lane + ":" + queue, key -> new Floor());
    }

    /** Forgets everything: the next claims look from the start. */
    void forget() {
        floors.clear();
    }
}
