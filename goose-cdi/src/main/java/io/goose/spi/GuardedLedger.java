package io.goose.spi;

import io.goose.UnsupportedCapabilityException;
import io.goose.admin.Place;
import io.goose.admin.QueueStats;
import io.goose.admin.StoredJob;
import io.goose.job.JobId;
import io.goose.job.JobResult;
import io.goose.job.QueuedJob;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A ledger that a {@link Transport} can be joined with: it keeps the jobs that are not ready, and guards those that it has handed
 * to the transport. The row of such a job lives until the job is settled, not until it is sent, so that a message which comes
 * twice, or comes back after its job was settled, is known as such. When the job has ended a tombstone stays for the time of
 * {@code goose.dedupe.retention}. What is newer of two says {@link io.goose.job.DeliveryState#moves}.
 *
 * <p>Thread-safe. Every method throws {@link io.goose.BrokerUnavailableException} if the ledger cannot be reached, and may be
 * called again then. At most 500 jobs at a time.
 *
 * @since 0.1
 */
public interface GuardedLedger extends Ledger {

    /** Keeps jobs that are to run later, unless they are there already; one answer for each, in order. */
    List<SendResult> keep(List<QueuedJob> jobs);

    /** Whether this can {@link #keepUnique}, so that a transport with it can have unique jobs. */
    default boolean keepsUnique() {
        return false;
    }

    /**
     * Keeps jobs, each in one step unless another holds its {@link QueuedJob#unique() unique key}; one without a time is due at once. The one
     * that has the key may be replaced as long as it has not been taken to be sent.
     *
     * @return one answer for each, in order
     */
    default List<SendResult> keepUnique(List<QueuedJob> jobs) {
        throw new UnsupportedCapabilityException("GOOSE-3140: this ledger cannot keep unique jobs (UNIQUE)");
    }

    /**
     * Says that jobs are over that had unique keys, so that what was noted of the keys does not stay until somebody looks at it. A job that
     * is not there holds no key anyway: nothing is wrong if this is not called, or fails. By default it does nothing.
     */
    default void releaseUnique(List<Released> released) {}

    /**
     * Whether jobs that are to run at once may be sent; not, if one of that id is here, or if it is marked and was here or was
     * noted by {@link #noteSent}. Forgets what it knows of others of that id.
     *
     * @return one answer for each, in order
     */
    List<Boolean> maySend(List<QueuedJob> jobs);

    /** Notes that marked jobs were sent which are not kept here, for the time of the dedupe retention. */
    void noteSent(List<QueuedJob> jobs);

    /**
     * Enters jobs that the caller is about to send at once, so that each has a row from the beginning: for a transport that knows
     * no ids, and where all that waits is to be looked at. A job is entered if {@link #maySend} would let it go; one that follows
     * another of the same id that was deleted or has ended gets more moves than that one. An entered job is the caller's for
     * {@code hold}, as if it had been taken by {@link #takeDue}: what is not said to be {@link #sent} by then is a stray.
     *
     * @param jobs without a time; their lanes count in the order of what waits
     * @return one for each, in order
     */
    List<Entered> enter(List<QueuedJob> jobs, Duration hold);

    /**
     * Takes jobs of a queue that are due, in the order of their times, to send them to the transport; none of a paused queue. What
     * is not said to be {@link #sent} within {@code hold} is a stray. Other calls do not get it.
     */
    Due takeDue(String queue, int most, Duration hold);

    /** Takes jobs of any queue that were taken before and of which nobody said that they were sent, to send them again. */
    List<Taken> takeStrays(int most, Duration hold);

    /** Says that the transport has what was taken. Says nothing of what was taken again since, by whomever. */
    void sent(List<Taken> taken);

    /** Says that the transport cannot take what was taken now; it is due again {@code after} this. Else as {@link #sent}. */
    void putOff(List<Taken> taken, Duration after);

    /**
     * Asked before a delivery is run that was guarded or that is not its first.
     *
     * @return for each whether it is to be run; if not, its job has ended, has moved on or runs from another copy
     */
    List<Boolean> begin(List<Delivery> deliveries);

    /** Says that what was begun was not run, or not to its end, and that the transport has it again: it waits, at the front. */
    void giveBack(List<QueuedJob> jobs);

    /**
     * Notes ends of runs, each with what it enqueues in one step; an end that was noted before changes nothing and enqueues nothing.
     * What goes to another queue may be recorded in that step and arrive there after it.
     */
    void settle(List<Change> changes);

    /**
     * Forgets a job that was deleted from the transport, or that it refused.
     *
     * @return whether it was with the transport by right, as far as is known here: false if it has ended, or is kept here
     */
    boolean forget(String queue, JobId id);

    /**
     * Makes parked jobs due that came with a need which this session has announced, in the queues that it serves. Cheap when there
     * are none.
     *
     * @return how many
     */
    int recall(SessionSpec session);

    /** Pauses a queue for all who share the ledger: {@link #takeDue} gives nothing of it and says so, and so do {@link #stats}. */
    void pause(String queue);

    /** Ends a pause. */
    void resume(String queue);

    /**
     * The jobs that the sessions of the transport are asked to cancel; empty if this ledger cannot keep them, and jobs of the joined
     * broker cannot be cancelled then.
     */
    default Optional<AskedJobs> asked() {
        return Optional.empty();
    }

    /**
     * Whether this keeps {@link #batches()}, so that a transport with it can have them. What is added to a batch is kept as by {@link
     * #keep}, due at once if it has no time, and so has a row until it has ended; callbacks are kept in the same way, in the step
     * that completes the batch. Every step in which a row of a member comes to an end, is buried, removed or replayed marks the member.
     */
    default boolean keepsBatches() {
        return false;
    }

    /**
     * Says whom to tell of a queue in which something has become due that the caller of a method did not put there: members and callbacks
     * of batches. Told after the step, on the thread that made it; once and before anything else is called. By default nobody
     * is told: claims find what is due.
     */
    default void onDue(Consumer<String> listener) {}

    /** Puts in order what should be from time to time. Cheap when there is nothing to do. */
    void upkeep();

    /** All queues that are known here; sorted. */
    Set<String> queues();

    /**
     * The sizes of a queue as they are known here: what the transport has and nobody has begun counts as waiting, what was begun as
     * running. A job whose worker died is running until it comes out of the transport again. What was never entered is not counted.
     */
    @Override
    QueueStats stats(String queue);

    /** Also one that the transport has, if it was entered or kept here; see {@link #stats}. */
    @Override
    Optional<StoredJob> find(String queue, JobId id);

    /** Also what the transport has, if it was entered or kept here; see {@link #stats}. */
    @Override
    List<StoredJob> list(String queue, Place place, int offset, int limit);

    /**
     * Of a job that waits, and so is with the transport, a deletion leaves a tombstone and a prioritising raises the moves, so that
     * its message is old when it comes. What is prioritised or replayed is due at once; who calls this has it sent.
     */
    @Override
    Housekeeping housekeeping();

    /**
     * A job as it comes out of the transport.
     *
     * @param redelivered whether it may have come out before
     */
    record Delivery(QueuedJob job, boolean redelivered) {
        public Delivery {
            Objects.requireNonNull(job, "job");
        }
    }

    /**
     * A job that was taken to be sent.
     *
     * @param token a number that the ledger draws for each taking; by this it tells one taking from a later one
     */
    record Taken(QueuedJob job, long token) {
        public Taken {
            Objects.requireNonNull(job, "job");
        }
    }

    /**
     * What came of entering a job.
     *
     * @param taken the job as it is to be sent; null if it is there already
     */
    record Entered(@Nullable Taken taken) {
        /** It is there already. */
        public static final Entered THERE = new Entered(null);
    }

    /**
     * What is due.
     *
     * @param taken in the order of their times
     * @param untilNext how long, by the ledger's clock, until the next is; null if there is none, or the queue is paused
     * @param paused whether the queue is paused here
     */
    record Due(List<Taken> taken, @Nullable Duration untilNext, boolean paused) {
        /** Nothing, now or later. */
        public static final Due NOTHING = new Due(List.of(), null, false);

        /** The answer for a paused queue. */
        public static final Due PAUSED = new Due(List.of(), null, true);

        public Due {
            taken = List.copyOf(taken);
        }

        /** The jobs alone, in the same order. */
        public List<QueuedJob> jobs() {
            return taken.stream().map(Taken::job).toList();
        }
    }

    /**
     * The end of one run.
     *
     * @param ran the job as it was run
     * @param next what it has become and where it is kept from now on; null if it is over
     * @param enqueued jobs that follow from it: each is kept as by {@link #keep}, one without a time to be due at once
     * @param mark what a member of a batch has become, for {@link Ledger#batches}; null if it is none, or is what it was before
     */
    record Change(
            QueuedJob ran,
            @Nullable Kept next,
            List<QueuedJob> enqueued,
            @Nullable MemberMark mark) {
        public Change {
            Objects.requireNonNull(ran, "ran");
            enqueued = List.copyOf(enqueued);
        }

        /** The end of a run of a job that is in no batch. */
        public Change(QueuedJob ran, @Nullable Kept next, List<QueuedJob> enqueued) {
            this(ran, next, enqueued, null);
        }

        /** The end of a run that enqueues nothing. */
        public Change(QueuedJob ran, @Nullable Kept next) {
            this(ran, next, List.of());
        }
    }

    /**
     * A job that is kept.
     *
     * @param job in its queue, which may be another one than before
     * @param place {@link Place#SCHEDULED}, {@link Place#DEAD} or {@link Place#PARKED}
     * @param after when it is due, from now by the ledger's clock; of scheduled ones only
     * @param note why it is parked; else null
     * @param need what a session must announce to run it, if nobody knew how to: a parked one comes back by {@link #recall}, and of
     *     a scheduled one the ledger notes since when nobody knows it, unless its record says that; else null
     */
    record Kept(
            QueuedJob job,
            Place place,
            Duration after,
            @Nullable String note,
            @Nullable String need) {
        public Kept {
            Objects.requireNonNull(job, "job");
            Objects.requireNonNull(place, "place");
            Objects.requireNonNull(after, "after");
        }

        /** One that needs no more than others. */
        public Kept(QueuedJob job, Place place, Duration after, @Nullable String note) {
            this(job, place, after, note, null);
        }
    }

    /** Whether this can {@link #keepResults}, and then also {@link #result}. */
    default boolean keepsResults() {
        return false;
    }

    /** Keeps what was asked for of jobs that are about to end, before the transport is told that they have. */
    default void keepResults(List<KeptResult> results) {
        throw new UnsupportedCapabilityException("GOOSE-3141: this ledger keeps no results (STATUS)");
    }

    /**
     * What is kept of one job.
     *
     * @param queue where it ended
     * @param keep how long, from now
     */
    record KeptResult(String queue, JobId id, JobResult result, Duration keep) {
        public KeptResult {
            Objects.requireNonNull(queue, "queue");
            Objects.requireNonNull(id, "id");
            Objects.requireNonNull(result, "result");
            Objects.requireNonNull(keep, "keep");
        }
    }

    /**
     * A job that is over and the unique key that it had.
     *
     * @param home the queue that it was enqueued on
     */
    record Released(String home, String key, JobId id) {
        public Released {
            Objects.requireNonNull(home, "home");
            Objects.requireNonNull(key, "key");
            Objects.requireNonNull(id, "id");
        }
    }
}
