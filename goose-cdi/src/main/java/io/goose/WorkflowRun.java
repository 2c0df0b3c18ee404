package io.goose;

import io.goose.job.BatchId;
import java.util.Optional;

/**
 * A workflow that is known by its id, as {@link GooseClient#workflow} gives it. Making one asks nobody.
 *
 * <p>Thread-safe. Every method but {@link #id} throws {@link BrokerUnavailableException} if the broker cannot be reached, and
 * {@link UnsupportedCapabilityException} if it keeps no batches or no results. Nothing of this is part of a transaction.
 *
 * @since 0.1
 */
public interface WorkflowRun {

    /** Its id. */
    BatchId id();

    /** What it has come to; empty if there is none, or it is not kept any longer. */
    Optional<WorkflowStatus> status();

    /**
     * Cancels it: no more steps begin, jobs of steps that wait are removed, those that run are told. Nothing is called for it. Repeating it
     * does no harm.
     *
     * @return whether anything was cancelled: false if it had ended, or there is none
     */
    boolean cancel();
}
