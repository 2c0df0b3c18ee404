package io.goose.spi;

import io.goose.job.QueuedJob;
import java.util.Objects;

/**
 * What else happens in the same step as an outcome. Applying one again, known by job id and moves, does nothing. Immutable.
 *
 * @since 0.1
 */
public sealed interface Effect {

    /**
     * Another job is enqueued; on the queue of the settled one in the same step, elsewhere recorded in it and delivered.
     *
     * @param job the job
     */
    record Enqueue(QueuedJob job) implements Effect {
        public Enqueue {
            Objects.requireNonNull(job, "job");
        }
    }
}
