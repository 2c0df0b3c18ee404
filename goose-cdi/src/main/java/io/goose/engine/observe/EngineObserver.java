package io.goose.engine.observe;

import io.goose.job.BatchStatus;
import io.goose.spi.Lease;
import io.goose.spi.Sweep;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Is told what the engine does. Each method does nothing unless it is overridden.
 *
 * <p>Must be thread-safe: it is called on the thread where the thing happens, which for a run is the job's. It must return at once and
 * do no I/O. What it throws touches no job; it is logged, not more often than every 30 s.
 */
public interface EngineObserver {

    /** Jobs are enqueued, or bound to the transaction that surrounds the caller. Those that were there already are not counted. */
    default void enqueued(Enqueuing enqueuing) {}

    /** A job was not enqueued, or nobody knows whether it was. */
    default void notEnqueued(NotEnqueued failure) {}

    /**
     * User code begins. Followed by one {@link #runEnded} with the same {@code run}, on the same thread, whatever happens. Both are
     * called with the application's scope, naming context and class loader around them.
     */
    default void runBegan(RunBegin run) {}

    /** User code has ended and it is decided what comes of the job, which is not written yet. */
    default void runEnded(RunEnd run) {}

    /** A leased job was not begun, for the worker does not know it, or it is cancelled or too late. Called without any scope. */
    default void notRun(NotRun job) {}

    /** A claim was answered. */
    default void claimed(Claimed claim) {}

    /** A batch of outcomes was written. */
    default void settled(Settled settled) {}

    /**
     * A heartbeat was answered.
     *
     * @param took how long the broker took for it
     */
    default void beat(String broker, Duration took) {}

    /** A worker has put something in order that a dead one left. */
    default void swept(String broker, Sweep sweep) {}

    /**
     * A relay has taken jobs from an outbox and tried to send them.
     *
     * @param lag how long ago the oldest of them was enqueued
     */
    default void relayed(String broker, Duration lag) {}

    /** Leases of this worker are others' now. */
    default void leasesLost(String broker, List<Lease> lost) {}

    /** The broker cannot be reached; told once, when that begins. */
    default void brokerLost(String broker, Throwable cause) {}

    /**
     * The broker can be reached again.
     *
     * @param after how long it could not be
     */
    default void brokerRegained(String broker, Duration after) {}

    /** How often it wants to be told of the sizes of queues; null for never, and then nobody measures them for it. */
    default @Nullable Duration measuresEvery() {
        return null;
    }

    /**
     * A worker has looked at its broker, or says what it does itself.
     *
     * @param values NaN for what was told before and is not known here any more
     */
    default void measured(List<Reading> values) {}

    /** A batch was completed, perhaps by another process; told by the one that measures, if somebody wants to be told of sizes. */
    default void batchCompleted(String broker, BatchStatus batch) {}

    /** The engine has stopped; told last. May take a moment. */
    default void engineStopped() {}
}
