package io.goose.engine.worker;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import io.goose.engine.retry.FailureLog;
import java.util.function.LongSupplier;

/** Says that something fails when it begins, every 30 s while it lasts, and when it is over. Thread-safe. */
public final class OutageLog {

    private static final System.Logger LOG = System.getLogger(OutageLog.class.getName());
    private static final long EVERY_NANOS = 30_000_000_000L;

    private final String code;
    private final String what;
    private final LongSupplier nanoClock;
    private int failures; // guarded by this
    private long firstNanos; // guarded by this
    private long lastLoggedNanos; // guarded by this

    /**
     * @param code of the message
     * @param what what fails, as in "… failed"
     * @param nanoClock elapsed time, as {@link System#nanoTime}
     */
    public OutageLog(String code, String what, LongSupplier nanoClock) {
        this.code = code;
        this.what = what;
        this.nanoClock = nanoClock;
    }

    /** It failed. */
    public synchronized void failed(Throwable cause) {
        long now = nanoClock.getAsLong();
        failures++;
        if (failures == 1) {
            firstNanos = now;
            lastLoggedNanos = now;
            FailureLog.log(LOG, WARNING, () -> code + ": " + what + " failed; it is tried again by itself", cause);
        } else if (now - lastLoggedNanos >= EVERY_NANOS) {
            lastLoggedNanos = now;
            FailureLog.log(
                    LOG,
                    WARNING,
                    () -> code + ": " + what + " has failed " + failures + " times in " + seconds(now)
                            + " s and is tried again",
                    cause);
        }
    }

    /** It worked. */
    public synchronized void succeeded() {
        if (failures > 0) {
            LOG.log(
                    INFO,
                    code + ": " + what + " works again after " + failures + " failures in "
                            + seconds(nanoClock.getAsLong()) + " s");
            failures = 0;
        }
    }

    private long seconds(long now) {
        return (now - firstNanos) / 1_000_000_000L;
    }
}
