package io.goose.broker.jdbc;

import io.goose.job.BatchId;
import io.goose.job.JobId;
import io.goose.spi.Lease;
import io.goose.spi.LeaseState;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Completes jobs as part of the transactions of their runs. Thread-safe. */
final class JoinedSettles {

    // Only the primary key can be used: behind an old transaction the index of leases keeps the dead.
    private static final String MINE = " WHERE queue = ? AND id = ? AND token = ? AND session = ? AND place + 0 = 1";

    private final Database database;

    private static final int AT_ONCE = 20; // each may be of another batch, which is a transaction

    /** Jobs of batches whose transactions have committed, and that nobody has counted yet. */
    private final Queue<JobId> uncounted = new ConcurrentLinkedQueue<>();

    JoinedSettles(Database database) {
        this.database = database;
    }

    /**
     * Deletes a job that is leased to the session, in the transaction of the calling thread, which holds the row's lock until
     * its end: no other worker can take it meanwhile, nor can a rescue.
     *
     * @return false if it is not leased to the session any more
     */
    boolean settle(Standing standing, Lease lease) {
        return database.inCallersTransaction(
                "complete job " + lease.job().id() + " in its transaction", true, statements -> {
                    boolean hit = statements.updateByIndex("DELETE FROM {job}" + MINE, values(standing, lease)) == 1;
                    if (hit) {
                        BatchMarks.noteDone(statements, lease);
                    }
                    return hit;
                });
    }

    /** The transaction of a job has committed. Does no I/O; the job is counted with the next claim, or else by a sweep. */
    void committed(Lease lease) {
        JobId id = lease.job().id();
        if (BatchId.ofMember(id).isPresent()) {
            uncounted.add(id);
        }
    }

    /** Counts some of the jobs whose transactions have committed; a claim must not wait for many of their batches. */
    void count(JdbcBatches batches) {
        List<JobId> ids = new ArrayList<>();
        for (JobId id = uncounted.poll(); id != null; id = ids.size() < AT_ONCE ? uncounted.poll() : null) {
            ids.add(id);
        }
        if (!ids.isEmpty()) {
            batches.changed(ids);
        }
    }

    private static Object[] values(Standing standing, Lease lease) {
        return new Object[] {
            standing.queue(lease.job().queue()), lease.job().id().value(), lease.token(), standing.id()
        };
    }

    /** What became of a job that a transaction deleted of which nobody knows whether it committed. */
    LeaseState look(Standing standing, Lease lease) {
        return database.inTransaction("look at the lease of job " + lease.job().id(), statements -> {
            Object[] values = values(standing, lease);
            if (statements.number("SELECT COUNT(*) FROM {job}" + MINE, values) == 0) {
                return LeaseState.ENDED;
            }
            // Without waiting: a prepared transaction whose manager is away holds the row for as long as that lasts.
            return statements
                            .query("SELECT id FROM {job}" + MINE + " {unlocked}", row -> row.getString(1), values)
                            .isEmpty()
                    ? LeaseState.UNDECIDED
                    : LeaseState.HELD;
        });
    }
}
