package io.goose;

import io.goose.job.BatchId;
import io.goose.job.JobId;
import java.util.List;
import java.util.Objects;

/**
 * A workflow at one moment. Immutable.
 *
 * @param id the workflow
 * @param state how far it is
 * @param steps its steps in the order in which they were added; empty until the workflow has begun
 * @since 0.1
 */
public record WorkflowStatus(BatchId id, State state, List<Step> steps) {

    /** How far a workflow is. */
    public enum State {
        /** Steps run, or are going to. */
        IN_PROGRESS,
        /** All steps have succeeded. */
        SUCCEEDED,
        /** A step has failed for good; it goes on if that step's job is replayed and succeeds. */
        FAILED,
        /** It was cancelled. */
        CANCELLED
    }

    /** How far a step is. */
    public enum Progress {
        /** The steps before it have not all succeeded. */
        PENDING,
        /** Its job waits, runs, or is to be retried. */
        BEGUN,
        /** Its job has succeeded. */
        SUCCEEDED,
        /** Its job is dead. */
        DEAD,
        /** Its job was cancelled, deleted or has expired, or the workflow was cancelled before it. */
        CANCELLED
    }

    /**
     * A step.
     *
     * @param job the id of its job, by which it can be looked at, and be replayed when it is dead
     */
    public record Step(String name, Progress progress, JobId job) {}

    public WorkflowStatus {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(state, "state");
        steps = List.copyOf(steps);
    }
}
