package io.goose.spi;

import io.goose.UnsupportedCapabilityException;
import io.goose.admin.Place;
import io.goose.admin.QueueStats;
import io.goose.admin.StoredJob;
import io.goose.job.CancelResult;
import io.goose.job.JobId;
import io.goose.job.JobResult;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * State that is looked up: what is scheduled, dead, parked and, where the capability says so, waiting.
 *
 * <p>Thread-safe. Every method throws {@link io.goose.BrokerUnavailableException} if the ledger cannot be reached.
 *
 * @since 0.1
 */
public interface Ledger {

    /** The sizes of a queue; all zero for one that was never used. */
    QueueStats stats(String queue);

    /** The job with this id if it is in this queue. */
    Optional<StoredJob> find(String queue, JobId id);

    /** See {@link io.goose.admin.QueueAdmin#list}. */
    List<StoredJob> list(String queue, Place place, int offset, int limit);

    /**
     * Looks at jobs in one place, in the order of {@link #list} or the other way round, until the visitor returns false. By default
     * page by page: a job that moves meanwhile may be missed or seen twice.
     *
     * @param most how many to look at
     */
    default void visit(String queue, Place place, int most, Predicate<StoredJob> visitor) {
        int seen = 0;
        while (seen < most) {
            int wanted = Math.min(Housekeeping.MOST, most - seen);
            List<StoredJob> page = list(queue, place, seen, wanted);
            for (StoredJob job : page) {
                if (!visitor.test(job)) {
                    return;
                }
            }
            if (page.isEmpty()) { // a page may lack jobs that moved while it was read
                return;
            }
            seen += wanted;
        }
    }

    /** What is done with many jobs at a time. Always the same. */
    Housekeeping housekeeping();

    /**
     * Says whom to tell of dead jobs that were too many or too old, once and before anything else is called. By default nobody is
     * told, and the broker logs it alone.
     */
    default void onEviction(EvictionListener listener) {}

    /** Deletes a job of this queue that is not running; returns whether it was there. */
    default boolean delete(String queue, JobId id) {
        return !housekeeping()
                .delete(queue, Housekeeping.ALL_BUT_RUNNING, List.of(id))
                .isEmpty();
    }

    /**
     * Cancels a job of this queue. One that waits, is scheduled or parked is removed. Of one that is leased it is noted, in one
     * step that excludes its end, and the session that has it is told, see {@link Session#onCancel}. A lease of such a job that
     * ends with any outcome after which the job would be there, waiting, scheduled or parked, or that is given back or rescued,
     * removes the job instead; the verdict is the same. What was noted goes with the job. Repeating it does no harm. Needs
     * {@link Capability#CANCEL}.
     */
    default CancelResult cancel(String queue, JobId id) {
        throw new UnsupportedCapabilityException("GOOSE-3120: job " + id + " on queue '" + queue
                + "' cannot be cancelled: its broker does not declare CANCEL; let the job look by itself whether it is still"
                + " wanted, or use a broker that has it");
    }

    /**
     * Asks for the cancellation of a job that {@link #cancel} has found in no queue, of a broker whose waiting and running jobs cannot
     * all be found: whoever has it, or gets it within {@link AskedJobs#KEPT}, is asked. A session knows that at the latest with its
     * second beat; what it starts before, runs until then.
     *
     * @return {@link CancelResult#ASKED}, also of a job that has ended or never was, for nobody can say; or
     *     {@link CancelResult#NOT_FOUND} if this broker finds all its jobs, as most do, or knows that this one is dead
     */
    default CancelResult cancelUnseen(JobId id) {
        return CancelResult.NOT_FOUND;
    }

    /**
     * What was kept by {@link Effect.PutResult} of a job that ended in this queue; empty if nothing was, or it is over. Needs
     * {@link Capability#STATUS}; a {@link GuardedLedger} that {@link GuardedLedger#keepsResults} has it too.
     */
    default Optional<JobResult> result(String queue, JobId id) {
        throw new UnsupportedCapabilityException("GOOSE-3141: what became of job " + id + " on queue '" + queue
                + "' is not kept by this broker (STATUS); use Redis or JDBC, or give a message broker such a ledger");
    }

    /** Sends a dead or parked job of this queue anew; of several concurrent calls one returns true. */
    default boolean replay(String queue, JobId id) {
        return !housekeeping().replay(queue, Housekeeping.ENDED, List.of(id)).isEmpty();
    }

    /** The recurring jobs that are kept here. Needs {@link Capability#CRON}; a {@link GuardedLedger} has them too. */
    default CronLedger crons() {
        throw new UnsupportedCapabilityException(
                "GOOSE-3100: this broker keeps no recurring jobs (CRON); use Redis or JDBC,"
                        + " or give a message broker a ledger by goose.broker.<name>.ledger");
    }

    /** The batches that are kept here. Needs {@link Capability#BATCH}. */
    default BatchLedger batches() {
        throw new UnsupportedCapabilityException(
                "GOOSE-3130: this broker keeps no batches (BATCH); use Redis, JDBC or memory, or give a"
                        + " message broker a ledger by goose.broker.<name>.ledger");
    }

    /** The limits of this broker's queues. Needs {@link Capability#LIMITS}. */
    default LimitLedger limits() {
        throw new UnsupportedCapabilityException(
                "GOOSE-3150: this broker keeps no limits (LIMITS); use Redis or JDBC without a transport before it, or limit"
                        + " the threads of the workers");
    }
}
