package io.goose.broker.jdbc;

import io.goose.broker.jdbc.GuardStep.Writing;
import io.goose.broker.jdbc.Rows.JobRow;
import io.goose.job.DeliveryState;
import io.goose.job.JobId;
import io.goose.job.Lane;
import io.goose.job.QueuedJob;
import io.goose.spi.GuardedLedger.Change;
import io.goose.spi.GuardedLedger.Entered;
import io.goose.spi.GuardedLedger.Taken;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Rows of jobs from when they are sent until they have ended, where each job has one: the usual way of many jobs in one statement.
 * A record that is null is that of a job which was never moved. Stateless; what is not on the usual way is left to the caller.
 */
final class EnteredRows {

    private static final String INSERT =
            "INSERT INTO {job} (queue, id, place, lane, seq, due, token, crashes, record, envelope)"
                    + " VALUES (?, ?, 7, ?, ?, ?, ?, ?, ?, ?)";
    private static final String AGAIN =
            "UPDATE {job} SET place = 7, lane = ?, seq = ?, due = ?, token = ?, crashes = ?,"
                    + " note = NULL, need = NULL, record = ?, envelope = ? WHERE queue = ? AND id = ?";
    private static final String BEGIN =
            "UPDATE {job} SET place = 8, due = NULL WHERE queue = ? AND id = ? AND place + 0 = 7 AND record IS NULL";
    private static final String END = "UPDATE {job} SET place = 9, due = ?, note = NULL, need = NULL, envelope = ?"
            + " WHERE queue = ? AND id = ? AND place + 0 IN (7, 8) AND record IS NULL";

    private static final byte[] NOTHING = {};

    private EnteredRows() {}

    static List<Entered> enter(GuardStep work, List<QueuedJob> jobs, Duration hold) throws SQLException {
        long until = work.nowMillis() + hold.toMillis();
        long[] numbers = new long[jobs.size()];
        List<@Nullable Object[]> values = new ArrayList<>();
        for (int i = 0; i < numbers.length; i++) {
            QueuedJob job = jobs.get(i);
            DeliveryState state = job.state();
            numbers[i] = work.nextNumber(); // its place in the order, and the token of its taking
            values.add(new Object[] {
                work.number(job.queue()),
                job.id().value(),
                lane(state),
                numbers[i],
                until,
                numbers[i],
                state.crashes(),
                Rows.encode(state),
                job.envelope().bytes()
            });
        }
        boolean[] added = work.statements().insertAllIfAbsent(INSERT, values);
        List<Entered> entered = new ArrayList<>();
        for (int i = 0; i < numbers.length; i++) {
            entered.add(
                    added[i]
                            ? new Entered(new Taken(asSent(jobs.get(i)), numbers[i]))
                            : enterBeside(work, jobs.get(i), numbers[i], until));
        }
        return entered;
    }

    /** Something is known of the id already. */
    private static Entered enterBeside(GuardStep work, QueuedJob job, long number, long until) throws SQLException {
        JobRow row = work.row(job);
        if (row == null) {
            throw new SQLException("what was known of job " + job.id() + " has just gone", Database.BEGIN_AGAIN);
        }
        if (!Lives.isFree(row, job)) {
            return Entered.THERE;
        }
        QueuedJob next = Lives.next(row, job);
        DeliveryState state = next.state();
        work.statements()
                .update(
                        AGAIN,
                        lane(state),
                        number,
                        until,
                        number,
                        state.crashes(),
                        Rows.encode(state),
                        next.envelope().bytes(),
                        work.number(job.queue()),
                        job.id().value());
        return new Entered(new Taken(asSent(next), number));
    }

    private static QueuedJob asSent(QueuedJob job) {
        return new QueuedJob(job.queue(), job.id(), job.envelope(), job.state(), true);
    }

    private static int lane(DeliveryState state) {
        return state.crashes() == 0 && state.lane() == Lane.BACK ? Rows.BACK : Rows.front(state.crashes());
    }

    private static boolean wasNeverMoved(QueuedJob job) {
        return job.state().moves() == 0;
    }

    /** Which of these waited, and have begun now. */
    static boolean[] begin(GuardStep work, List<QueuedJob> jobs) throws SQLException {
        boolean[] candidates = new boolean[jobs.size()];
        List<@Nullable Object[]> values = new ArrayList<>();
        for (int i = 0; i < candidates.length; i++) {
            QueuedJob job = jobs.get(i);
            candidates[i] = wasNeverMoved(job);
            if (candidates[i]) {
                values.add(new Object[] {work.number(job.queue()), job.id().value()});
            }
        }
        return hits(candidates, work.statements().updateAll(BEGIN, values));
    }

    /** Which of these are the ends of jobs that are over, and are noted now; what they are for their batches is the caller's to note. */
    static boolean[] end(GuardStep work, List<Change> changes) throws SQLException {
        boolean[] candidates = new boolean[changes.size()];
        List<@Nullable Object[]> values = new ArrayList<>();
        for (int i = 0; i < candidates.length; i++) {
            Change change = changes.get(i);
            QueuedJob ran = change.ran();
            candidates[i] = change.next() == null && change.enqueued().isEmpty() && wasNeverMoved(ran);
            if (candidates[i]) {
                values.add(new Object[] {
                    work.nowMillis(),
                    NOTHING,
                    work.number(ran.queue()),
                    ran.id().value()
                });
            }
        }
        return hits(candidates, work.statements().updateAll(END, values));
    }

    private static boolean[] hits(boolean[] candidates, int[] counts) {
        boolean[] hits = new boolean[candidates.length];
        int next = 0;
        for (int i = 0; i < hits.length; i++) {
            hits[i] = candidates[i] && counts[next++] == 1;
        }
        return hits;
    }

    /** Puts what was begun back to what waits, in this order. */
    static List<QueuedJob> giveBack(GuardStep work, List<QueuedJob> jobs) throws SQLException {
        List<QueuedJob> back = new ArrayList<>();
        for (QueuedJob job : jobs) {
            JobRow row = work.row(job);
            if (row != null
                    && row.place() == Rows.BEGUN
                    && Lives.moves(row) == job.state().moves()) {
                work.put(true, job, Writing.of(Rows.SENT, null));
                back.add(job);
            }
        }
        return back;
    }

    /** Forgets a job that the transport has no longer; whether it was there by right, as far as is known here. */
    static boolean forget(Statements statements, int queue, JobId id) throws SQLException {
        int place = statements
                .first(
                        "SELECT place FROM {job} WHERE queue = ? AND id = ? FOR UPDATE",
                        row -> row.getInt(1),
                        queue,
                        id.value())
                .orElse(Rows.NOTED);
        if (place < Rows.SENT) {
            return false;
        }
        Map<String, BatchMarks.Before> members =
                BatchMarks.look(statements, queue, "place + 0 IN (7, 8)", List.of(id.value()));
        statements.update("DELETE FROM {job} WHERE queue = ? AND id = ?", queue, id.value());
        BatchMarks.noteRemoved(statements, members, List.of(id));
        return place != Rows.GONE;
    }
}
