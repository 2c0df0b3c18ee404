package io.goose.spi;

import io.goose.job.BatchId;
import io.goose.job.JobResult;
import io.goose.job.QueuedJob;
import java.time.Duration;
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

    /**
     * What is kept of the job that is settled, for as long as it says; it replaces what was kept of a job with this id. Needs
     * {@link Capability#STATUS}.
     *
     * @param keep how long, from now by the broker's clock
     */
    record PutResult(JobResult result, Duration keep) implements Effect {
        public PutResult {
            Objects.requireNonNull(result, "result");
            Objects.requireNonNull(keep, "keep");
        }
    }

    /**
     * The job that is settled gives its unique key up, if it is the one that has it. For jobs that are over, so that what was noted of
     * the key does not stay until somebody looks at it: a job that is not there holds no key anyway. Needs
     * {@link Capability#UNIQUE}; where the key's home is kept apart from the job's queue it is recorded, and done after it.
     *
     * @param home the queue that the job was enqueued on
     * @param key what it had
     */
    record ReleaseUnique(String home, String key) implements Effect {
        public ReleaseUnique {
            Objects.requireNonNull(home, "home");
            Objects.requireNonNull(key, "key");
        }
    }

    /**
     * What the settled job has become for its batch, where the outcome does not say it: a job that died and leaves nothing behind is
     * settled like one that is done.
     *
     * @param batch the batch that the job is a member of
     * @param index which member it is
     * @param state what it has become
     */
    record BatchMark(BatchId batch, int index, MemberState state) implements Effect {
        public BatchMark {
            Objects.requireNonNull(batch, "batch");
            Objects.requireNonNull(state, "state");
        }
    }
}
