package io.goose.spi;

import io.goose.admin.Place;
import io.goose.job.JobId;
import io.goose.job.QueuedJob;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
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
     * Takes jobs of a queue that are due, in the order of their times, to send them to the transport. What is not said to be
     * {@link #sent} within {@code hold} is a stray. Other calls do not get it.
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

    /** Notes ends of runs, all in one step; one that was noted before changes nothing. */
    void settle(List<Change> changes);

    /** Forgets a job that was deleted from the transport. */
    void forget(String queue, JobId id);

    /** Puts in order what should be from time to time. Cheap when there is nothing to do. */
    void upkeep();

    /** All queues that are known here; sorted. */
    Set<String> queues();

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
     * @param untilMillis until when it is the taker's, in epoch milliseconds of the ledger's clock; by this the ledger tells one
     *     taking from a later one
     */
    record Taken(QueuedJob job, long untilMillis) {
        public Taken {
            Objects.requireNonNull(job, "job");
        }
    }

    /**
     * What is due.
     *
     * @param taken in the order of their times
     * @param untilNext how long, by the ledger's clock, until the next is; null if there is none
     */
    record Due(List<Taken> taken, @Nullable Duration untilNext) {
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
     */
    record Change(QueuedJob ran, @Nullable Kept next) {
        public Change {
            Objects.requireNonNull(ran, "ran");
        }
    }

    /**
     * A job that is kept.
     *
     * @param job in its queue, which may be another one than before
     * @param place {@link Place#SCHEDULED}, {@link Place#DEAD} or {@link Place#PARKED}
     * @param after when it is due, from now by the ledger's clock; of scheduled ones only
     * @param note why it is parked; else null
     */
    record Kept(
            QueuedJob job,
            Place place,
            Duration after,
            @Nullable String note) {
        public Kept {
            Objects.requireNonNull(job, "job");
            Objects.requireNonNull(place, "place");
            Objects.requireNonNull(after, "after");
        }
    }
}
