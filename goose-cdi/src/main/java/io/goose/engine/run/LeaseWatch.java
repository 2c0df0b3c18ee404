package io.goose.engine.run;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What the worker knows of a lease while its job runs. Safe to ask from any thread. */
public interface LeaseWatch {

    /** Whether the lease is another's now, or free. */
    boolean isLost();

    /** Whether the worker interrupted this run because it stops, or because its lease is lost. */
    boolean isInterrupted();

    /** Whether the worker is stopping, so that the server may be taking things away from the job. */
    boolean isStopping();

    /** Whether somebody cancelled the job. */
    boolean isCancelled();

    /** Notes that the job died, whatever its outcome says: one that leaves nothing behind ends like one that is done. */
    void died();

    /** Whether {@link #died} was called. */
    boolean hasDied();

    /** Whether the run took longer than it may, and was interrupted for it. */
    boolean isOverdue();

    /**
     * Says that user code begins now: from now on a limit or a cancellation interrupts it. Called once, by the job's thread.
     *
     * @param limit how long it may take; null for as long as it likes
     */
    void bodyBegins(@Nullable Duration limit);

    /**
     * Says that user code has ended: neither a limit nor a cancellation interrupts what follows, and an interrupt by one of them
     * that is still to be noticed is taken back. Called by the job's thread.
     */
    void bodyEnded();
}
