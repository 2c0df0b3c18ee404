package io.goose.broker.jdbc;

import io.goose.admin.Place;
import io.goose.admin.QueueStats;
import io.goose.admin.StoredJob;
import io.goose.broker.jdbc.Database.Unfinished;
import io.goose.broker.jdbc.Rows.JobRow;
import io.goose.job.DeliveryState;
import io.goose.job.JobId;
import io.goose.job.QueuedJob;
import io.goose.spi.GuardedLedger;
import io.goose.spi.SendResult;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The ledger of a transport: rows of the table of jobs, in queues of their own that no session of ours serves. Thread-safe.
 */
final class GuardRows implements GuardedLedger {

    private final Database database;
    private final Queues queues;
    private final Rows rows;
    private final Burials burials;
    private final JdbcLedger looks;
    private final DueRows due;
    private final Tombstones tombstones;

    /**
     * @param queues of this ledger alone
     * @param retention how long tombstones stay
     */
    GuardRows(Database database, Queues queues, Rows rows, Burials burials, Duration retention) {
        this.database = database;
        this.queues = queues;
        this.rows = rows;
        this.burials = burials;
        this.looks = new JdbcLedger(database, queues, rows, burials);
        this.due = new DueRows(database, queues, rows);
        this.tombstones = new Tombstones(database, queues, retention, System::nanoTime);
    }

    @FunctionalInterface
    private interface Steps<T> {
        T in(GuardStep work) throws SQLException;
    }

    private <T> T step(String what, List<QueuedJob> jobs, Steps<T> steps) {
        try {
            for (QueuedJob job : jobs) {
                queues.numberOf(job.queue());
            }
            return database.attempt(what, statements -> steps.in(new GuardStep(statements, queues, rows)));
        } catch (Unfinished unfinished) {
            throw unfinished.reason();
        }
    }

    private static boolean isMarked(QueuedJob job) {
        return job.marked() || job.state().moves() > 0;
    }

    private static int moves(JobRow row) {
        return row.job().state().moves();
    }

    /** Whether a job may come in beside what is known of its id. */
    private static boolean isFree(@Nullable JobRow row, QueuedJob job) {
        return row == null
                || (row.place() >= Rows.GONE && !(isMarked(job) && job.state().moves() <= moves(row)));
    }

    @Override
    public List<SendResult> keep(List<QueuedJob> jobs) {
        return step("keep " + jobs.size() + " jobs for later", jobs, work -> {
            List<SendResult> results = new ArrayList<>();
            for (QueuedJob job : jobs) {
                JobRow row = work.row(job);
                Instant due = job.state().notBefore();
                boolean added = isFree(row, job)
                        && work.put(row != null, job, Rows.SCHEDULED, due == null ? null : due.toEpochMilli(), null);
                results.add(added ? SendResult.Accepted.INSTANCE : new SendResult.Exists(job.id()));
            }
            return results;
        });
    }

    @Override
    public List<Boolean> maySend(List<QueuedJob> jobs) {
        return step("look for " + jobs.size() + " ids", jobs, work -> {
            List<Boolean> may = new ArrayList<>();
            for (QueuedJob job : jobs) {
                JobRow row = work.row(job);
                boolean free = isFree(row, job);
                if (free && row != null) {
                    work.remove(job); // it is another life of that id
                }
                may.add(free);
            }
            return may;
        });
    }

    @Override
    public void noteSent(List<QueuedJob> jobs) {
        step("note " + jobs.size() + " sent jobs", jobs, work -> {
            for (QueuedJob job : jobs) {
                JobRow row = work.row(job);
                if (isFree(row, job)) {
                    work.put(row != null, job, Rows.NOTED, work.nowMillis(), null);
                }
            }
            return jobs;
        });
    }

    @Override
    public Due takeDue(String queue, int most, Duration hold) {
        return due.take(queue, most, hold);
    }

    @Override
    public List<Taken> takeStrays(int most, Duration hold) {
        return due.takeStrays(most, hold);
    }

    @Override
    public void sent(List<Taken> taken) {
        due.sent(taken);
    }

    @Override
    public void putOff(List<Taken> taken, Duration after) {
        due.putOff(taken, after);
    }

    @Override
    public List<Boolean> begin(List<Delivery> deliveries) {
        List<QueuedJob> jobs = deliveries.stream().map(Delivery::job).toList();
        return step("begin " + jobs.size() + " jobs", jobs, work -> {
            List<Boolean> run = new ArrayList<>();
            for (Delivery delivery : deliveries) {
                QueuedJob job = delivery.job();
                JobRow row = work.row(job);
                boolean runs = row == null || runs(row, delivery);
                if (runs && row != null && row.place() != Rows.NOTED) {
                    work.put(true, job, Rows.BEGUN, null, null);
                }
                run.add(runs);
            }
            return run;
        });
    }

    private static boolean runs(JobRow row, Delivery delivery) {
        int moves = delivery.job().state().moves();
        if (moves(row) != moves) {
            return moves(row) < moves || row.place() == Rows.NOTED;
        }
        return switch (row.place()) {
            case Rows.SENT, Rows.SCHEDULED, Rows.NOTED -> true; // scheduled: taken, sent, and put off by another
            case Rows.BEGUN -> delivery.redelivered(); // else it is another copy of what runs
            default -> false; // it was settled
        };
    }

    @Override
    public void settle(List<Change> changes) {
        List<QueuedJob> jobs = new ArrayList<>();
        for (Change change : changes) {
            jobs.add(change.ran());
            Kept next = change.next();
            if (next != null) {
                jobs.add(next.job());
            }
        }
        step("keep the ends of " + changes.size() + " jobs", jobs, work -> {
            for (Change change : changes) {
                settle(work, change);
            }
            return changes;
        });
    }

    private void settle(GuardStep work, Change change) throws SQLException {
        QueuedJob ran = change.ran();
        JobRow row = work.row(ran);
        if (row != null && isSettled(row, ran.state().moves())) {
            return;
        }
        Kept next = change.next();
        boolean stays = next != null && next.job().queue().equals(ran.queue());
        if (!stays) { // also where nothing was: the message may come back
            work.mustPut(row != null, ran, Rows.GONE, work.nowMillis(), null);
        }
        if (next == null) {
            return;
        }
        JobRow there = stays ? row : work.row(next.job());
        if (stays || there == null || moves(there) < next.job().state().moves()) {
            put(work, there != null, next);
        }
    }

    private static boolean isSettled(JobRow row, int moves) {
        if (row.place() == Rows.NOTED) {
            return false;
        }
        boolean underWay = row.place() == Rows.SENT || row.place() == Rows.BEGUN;
        return moves(row) > moves || (moves(row) == moves && !underWay);
    }

    private void put(GuardStep work, boolean there, Kept kept) throws SQLException {
        QueuedJob job = kept.job();
        long now = work.nowMillis();
        switch (kept.place()) {
            case SCHEDULED ->
                work.mustPut(there, job, Rows.SCHEDULED, now + kept.after().toMillis(), null);
            case DEAD -> {
                DeliveryState last = job.state()
                        .withUnknownSince(null)
                        .withFailures(job.state().failures().diedAt(Instant.ofEpochMilli(now)));
                work.mustPut(there, job.withState(last), Rows.DEAD, now, null);
                burials.happened(job.queue());
            }
            case PARKED -> work.mustPut(there, job, Rows.PARKED, null, kept.note());
            case WAITING, RUNNING ->
                throw new IllegalArgumentException("a job that is " + kept.place() + " is not kept here");
        }
    }

    @Override
    public void forget(String queue, JobId id) {
        Integer number = queues.existing(queue);
        if (number != null) {
            database.inTransaction(
                    "forget job " + id,
                    statements -> statements.update(
                            "DELETE FROM {job} WHERE queue = ? AND id = ? AND place + 0 >= 7", number, id.value()));
        }
    }

    @Override
    public void upkeep() {
        burials.evictChanged(database, queues);
        tombstones.forgetOld();
    }

    @Override
    public Set<String> queues() {
        return Collections.unmodifiableSet(queues.names());
    }

    @Override
    public QueueStats stats(String queue) {
        return looks.stats(queue);
    }

    @Override
    public Optional<StoredJob> find(String queue, JobId id) {
        return looks.find(queue, id);
    }

    @Override
    public List<StoredJob> list(String queue, Place place, int offset, int limit) {
        return looks.list(queue, place, offset, limit);
    }

    @Override
    public boolean delete(String queue, JobId id) {
        return looks.delete(queue, id);
    }

    /** It is due at once; who calls this has it sent. */
    @Override
    public boolean replay(String queue, JobId id) {
        Integer number = queues.existing(queue);
        if (number == null) {
            return false;
        }
        return database.inTransaction("replay job " + id, statements -> {
            GuardStep work = new GuardStep(statements, queues, rows);
            JobRow row = work.row(queue, id);
            return row != null
                    && (row.place() == Rows.DEAD || row.place() == Rows.PARKED)
                    && work.put(
                            true,
                            row.job().withState(row.job().state().replayed()),
                            Rows.SCHEDULED,
                            work.nowMillis(),
                            null);
        });
    }
}
