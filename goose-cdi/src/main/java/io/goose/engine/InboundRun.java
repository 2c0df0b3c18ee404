package io.goose.engine;

import io.goose.engine.run.LeaseWatch;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A run whose lease is that of a resource adapter's worker: it knows what that worker knows, and that this engine stops, which
 * the worker may not know yet. Thread-safe.
 */
final class InboundRun implements LeaseWatch {

    private final LeaseWatch watch;
    private final BooleanSupplier stopping;
    private @Nullable Thread runner; // guarded by this; null when it has ended
    private boolean interrupted; // guarded by this: by the stop of this engine

    /** One on the calling thread. */
    InboundRun(LeaseWatch watch, BooleanSupplier stopping) {
        this.watch = watch;
        this.stopping = stopping;
        this.runner = Thread.currentThread();
    }

    /** Interrupts it because this engine stops, if it is under way. */
    synchronized void interrupt() {
        if (runner != null) {
            interrupted = true;
            runner.interrupt();
        }
    }

    /** It goes on, on the calling thread. */
    synchronized void goesOn() {
        runner = Thread.currentThread();
    }

    /** Notes that it is over, or waits for its transaction to end, which no interrupt must disturb; and clears an interrupt that was meant for it: what the bean answers must not find it. */
    synchronized void ended() {
        runner = null;
        if (interrupted) {
            boolean cleared = Thread.interrupted();
            assert cleared || !Thread.currentThread().isInterrupted();
        }
    }

    @Override
    public boolean isInterrupted() {
        synchronized (this) {
            if (interrupted) {
                return true;
            }
        }
        return watch.isInterrupted();
    }

    @Override
    public boolean isStopping() {
        return stopping.getAsBoolean() || watch.isStopping();
    }

    @Override
    public boolean isLost() {
        return watch.isLost();
    }

    @Override
    public boolean isCancelled() {
        return watch.isCancelled();
    }

    @Override
    public void died() {
        watch.died();
    }

    @Override
    public boolean hasDied() {
        return watch.hasDied();
    }

    @Override
    public boolean isOverdue() {
        return watch.isOverdue();
    }

    @Override
    public void bodyBegins(@Nullable Duration limit) {
        watch.bodyBegins(limit);
    }

    @Override
    public void bodyEnded() {
        watch.bodyEnded();
    }
}
