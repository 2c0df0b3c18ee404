package io.goose.spi;

import io.goose.job.BatchId;
import io.goose.job.BatchState;
import io.goose.job.BatchStatus;
import io.goose.job.QueuedJob;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keeps batches. The members of a batch have ids that follow from its own, see {@link BatchId}, so whoever ends, buries, removes or
 * replays a job knows of which batch it is; the broker marks it there in the same step, or records that in it and does it later. A mark is
 * absolute, see {@link MemberMark}, and the counts change only with the member, so that they are exact however often it comes.
 *
 * <p>A batch that is sealed and of which all members have ended is completed: its callbacks are enqueued in that step, at the front of
 * its queue, once. What is marked after that still counts, but completes nothing. When it has lingered the batch is gone.
 *
 * <p>Thread-safe. Every method throws {@link io.goose.BrokerUnavailableException} if the ledger cannot be reached, and may be called
 * again then. Needs {@link Capability#BATCH}.
 *
 * @since 0.1
 */
public interface BatchLedger {

    /** The most members of one call. */
    int MOST = 500;

    /**
     * Adds members, and makes the batch if it is not there and there is a plan for it: one step after which the jobs are enqueued, or
     * recorded to be enqueued soon where their queue is kept apart. Repeating it after a lost reply adds nothing twice.
     */
    Added add(Addition addition);

    /** The batch with this id. */
    Optional<Kept> find(BatchId id);

    /** How many batches there are; those that have just gone may be counted. */
    long size();

    /** Some of the batches, the youngest first; those that have just gone may be left out of a page. */
    List<Kept> list(int offset, int limit);

    /**
     * Notes that a batch is to be cancelled: it is sealed, gets no more members, and if a member is removed from now on, or was before,
     * ends as cancelled. So does one that was not sealed before, whatever its members do, for others were never added. Its members
     * are for the caller to cancel.
     *
     * @return whether it was in progress
     */
    boolean cancel(BatchId id);

    /**
     * Which members have not ended.
     *
     * @param from the first index that is looked at
     * @param most how many are looked at, at most {@value #MOST}
     */
    List<Integer> unended(BatchId id, int from, int most);

    /** Forgets a batch, but not its jobs; returns whether it was there. */
    boolean delete(BatchId id);

    /**
     * How a batch is made.
     *
     * @param queue where its callbacks are enqueued; where queues are kept apart the batch is kept with that queue
     * @param linger how long it is kept after its completion; zero to forget it at once
     * @param callbacks what is enqueued on its completion in each state, all in {@code queue}
     */
    record Plan(String queue, Duration linger, Map<BatchState, List<QueuedJob>> callbacks) {
        public Plan {
            Objects.requireNonNull(queue, "queue");
            Objects.requireNonNull(linger, "linger");
            Map<BatchState, List<QueuedJob>> copy = new EnumMap<>(BatchState.class);
            callbacks.forEach((state, jobs) -> copy.put(state, List.copyOf(jobs)));
            callbacks = Map.copyOf(copy);
        }
    }

    /**
     * Some members.
     *
     * @param id the batch
     * @param plan how the batch is made if it is not there; null if it must be there
     * @param number by which this addition is known when it is repeated; drawn by the caller, at most 60 characters
     * @param from the index of the first of these members: it is what the batch has now, or nothing is added
     * @param members the jobs, with ids as of {@link BatchId#member} from {@code from} on; at most {@value #MOST}, and about 1 MiB
     * @param queues the queues in which these jobs can be, now or later
     * @param seal whether the batch is complete when its jobs have ended
     */
    record Addition(
            BatchId id,
            @Nullable Plan plan,
            String number,
            int from,
            List<QueuedJob> members,
            Set<String> queues,
            boolean seal) {
        public Addition {
            Objects.requireNonNull(id, "id");
            Objects.requireNonNull(number, "number");
            members = List.copyOf(members);
            queues = Set.copyOf(queues);
        }
    }

    /** What came of an addition. */
    enum Result {
        /** The members are there. */
        ADDED,
        /** Others have added members: these need other indexes. */
        MOVED,
        /** The batch is completed, or cancelled, and gets no more members. */
        OVER,
        /** There is no such batch. */
        UNKNOWN
    }

    /**
     * What came of an addition.
     *
     * @param total how many members there are now; the first index of the next addition
     */
    record Added(Result result, int total) {}

    /**
     * A batch as it is kept.
     *
     * @param status what it has come to
     * @param cancelled whether it was cancelled
     * @param queues where its members can be
     */
    record Kept(BatchStatus status, boolean cancelled, Set<String> queues) {
        public Kept {
            Objects.requireNonNull(status, "status");
            queues = Set.copyOf(queues);
        }
    }
}
