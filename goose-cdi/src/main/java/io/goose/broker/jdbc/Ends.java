package io.goose.broker.jdbc;

import io.goose.broker.jdbc.GuardStep.Writing;
import io.goose.broker.jdbc.Rows.JobRow;
import io.goose.job.DeliveryState;
import io.goose.job.Lane;
import io.goose.job.QueuedJob;
import io.goose.spi.GuardedLedger.Change;
import io.goose.spi.GuardedLedger.Kept;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a ledger writes of the end of a run, in the step of a caller. Thread-safe. */
final class Ends {

    private static final String KEEP = "INSERT INTO {job} (queue, id, place, lane, seq, due, crashes, record, envelope)"
            + " VALUES (?, ?, 2, ?, ?, ?, ?, ?, ?)";

    private final Burials burials;

    Ends(Burials burials) {
        this.burials = burials;
    }

    /** Keeps many jobs, nearly all of which are new, in one statement. One that waits behind others goes to the back when it is sent. */
    static void keepAll(GuardStep work, List<QueuedJob> jobs) throws SQLException {
        List<@Nullable Object[]> rows = new ArrayList<>();
        for (QueuedJob job : jobs) {
            DeliveryState state = job.state();
            Instant due = state.notBefore();
            boolean back = waitsBehind(state);
            rows.add(new Object[] {
                work.number(job.queue()),
                job.id().value(),
                back ? Rows.BACK : Rows.front(state.crashes()),
                work.nextNumber(),
                due == null ? work.nowMillis() : due.toEpochMilli(),
                state.crashes(),
                Rows.encode(state),
                job.envelope().bytes()
            });
        }
        boolean[] added = work.statements().insertAllIfAbsent(KEEP, rows);
        for (int i = 0; i < added.length; i++) {
            if (!added[i]) {
                keep(work, jobs.get(i));
            }
        }
    }

    private static boolean waitsBehind(DeliveryState state) {
        return state.notBefore() == null && state.lane() == Lane.BACK && state.crashes() == 0;
    }

    /** Keeps a job for later; whether it was added. One without a time is due at once. */
    static boolean keep(GuardStep work, QueuedJob job) throws SQLException {
        return keep(work, job, false);
    }

    /** The same for a job that goes behind what waits, if it is one of those that do. */
    static boolean keepInOrder(GuardStep work, QueuedJob job) throws SQLException {
        return keep(work, job, waitsBehind(job.state()));
    }

    private static boolean keep(GuardStep work, QueuedJob job, boolean behind) throws SQLException {
        JobRow row = work.row(job);
        Instant due = job.state().notBefore();
        long millis = due == null ? work.nowMillis() : due.toEpochMilli();
        return Lives.isFree(row, job)
                && work.put(row != null, Lives.next(row, job), new Writing(Rows.SCHEDULED, millis, null, null, behind));
    }

    /** One that was noted before changes nothing; whether it was not. */
    boolean note(GuardStep work, Change change) throws SQLException {
        QueuedJob ran = change.ran();
        JobRow row = work.row(ran);
        if (row != null && isSettled(row, ran.state().moves())) {
            return false;
        }
        Kept next = change.next();
        boolean stays = next != null && next.job().queue().equals(ran.queue());
        if (!stays) { // also where nothing was: the message may come back
            work.mustPut(row != null, ran, Writing.of(Rows.GONE, work.nowMillis()));
        }
        if (next != null) {
            JobRow there = stays ? row : work.row(next.job());
            if (stays
                    || there == null
                    || Lives.moves(there) < next.job().state().moves()) {
                put(work, there != null, next);
            }
        }
        for (QueuedJob enqueued : change.enqueued()) {
            keep(work, enqueued);
        }
        return true;
    }

    private static boolean isSettled(JobRow row, int moves) {
        if (row.place() == Rows.NOTED) {
            return false;
        }
        boolean underWay = row.place() == Rows.SENT || row.place() == Rows.BEGUN;
        return Lives.moves(row) > moves || (Lives.moves(row) == moves && !underWay);
    }

    private void put(GuardStep work, boolean there, Kept kept) throws SQLException {
        QueuedJob job = kept.job();
        DeliveryState state = job.state();
        long now = work.nowMillis();
        switch (kept.place()) {
            case SCHEDULED -> {
                Instant since = state.unknownSince() == null ? Instant.ofEpochMilli(now) : state.unknownSince();
                work.mustPut(
                        there,
                        kept.need() == null ? job : job.withState(state.withUnknownSince(since)),
                        Writing.of(Rows.SCHEDULED, now + kept.after().toMillis()));
            }
            case DEAD -> {
                DeliveryState last = state.withUnknownSince(null)
                        .withFailures(state.failures().diedAt(Instant.ofEpochMilli(now)));
                work.mustPut(there, job.withState(last), Writing.of(Rows.DEAD, now));
                burials.happened(job.queue());
            }
            case PARKED -> {
                String need = kept.need();
                work.mustPut(
                        there,
                        job,
                        need == null
                                ? new Writing(Rows.PARKED, null, kept.note(), null, false)
                                : new Writing(Rows.PARKED_NEEDY, null, kept.note(), Texts.need(need), false));
            }
            case WAITING, RUNNING ->
                throw new IllegalArgumentException("a job that is " + kept.place() + " is not kept here");
        }
    }
}
