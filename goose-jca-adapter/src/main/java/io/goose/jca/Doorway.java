package io.goose.jca;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import jakarta.resource.ResourceException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether jobs may be leased for an endpoint. A refused delivery closes it; from then on the endpoint itself is asked, after
 * 0.1, 0.2, 0.4 … 30 s, until it answers. The pauses grow on until a job was delivered. Thread-safe.
 */
final class Doorway implements BooleanSupplier {

    private static final System.Logger LOG = System.getLogger(Doorway.class.getName());
    private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final int MOST_DOUBLINGS = 10;

    private final String what;
    private final Ping ping;
    private final LongSupplier nanos;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile boolean open = true; // written under lock
    private volatile int refusals; // written under lock: since a job was delivered
    private long nextNanos; // guarded by lock
    private long pauseNanos; // guarded by lock

    /** Asks the endpoint for something that it answers when it takes jobs. */
    @FunctionalInterface
    interface Ping {
        void ask() throws ResourceException;
    }

    /**
     * @param what for people
     */
    Doorway(String what, Ping ping, LongSupplier nanos) {
        this.what = what;
        this.ping = ping;
        this.nanos = nanos;
    }

    @Override
    public boolean getAsBoolean() {
        if (open) {
            return true;
        }
        lock.lock();
        try {
            if (nextNanos - nanos.getAsLong() > 0) {
                return false;
            }
        } finally {
            lock.unlock();
        }
        try {
            ping.ask();
        } catch (ResourceException | RuntimeException still) {
            close(still);
            return false;
        }
        lock.lock();
        try {
            open = true;
        } finally {
            lock.unlock();
        }
        return true;
    }

    /** Notes that a delivery was refused; returns after which pause the endpoint is asked. */
    Duration refused(@Nullable Throwable why) {
        lock.lock();
        try {
            if (open) { // of those that were leased together the first says it for all
                close(why);
            }
            return Duration.ofNanos(pauseNanos);
        } finally {
            lock.unlock();
        }
    }

    private void close(@Nullable Throwable why) {
        lock.lock();
        try {
            if (refusals == 0) {
                LOG.log(
                        WARNING,
                        () -> "GOOSE-4190: " + what + " takes no jobs now (" + why
                                + "); none are leased for it, and it is asked again with growing pauses, up to 30 s. What was"
                                + " leased goes back, without an attempt. A server that is suspended or an application that"
                                + " starts or stops refuses too, which ends by itself",
                        why);
            }
            pauseNanos = Math.min(LONGEST_PAUSE_NANOS, FIRST_PAUSE_NANOS << Math.min(refusals, MOST_DOUBLINGS));
            refusals = Math.min(refusals + 1, MOST_DOUBLINGS);
            nextNanos = nanos.getAsLong() + pauseNanos;
            open = false;
        } finally {
            lock.unlock();
        }
    }

    /** Notes that a job was delivered. */
    void delivered() {
        if (refusals == 0) {
            return;
        }
        lock.lock();
        try {
            if (refusals > 0 && open) {
                refusals = 0;
                LOG.log(INFO, () -> "GOOSE-4191: " + what + " takes jobs again");
            }
        } finally {
            lock.unlock();
        }
    }
}
