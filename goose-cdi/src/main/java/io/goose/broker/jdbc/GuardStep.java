package io.goose.broker.jdbc;

import io.goose.broker.jdbc.Rows.JobRow;
import io.goose.job.DeliveryState;
import io.goose.job.JobId;
import io.goose.job.QueuedJob;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One step of a ledger on rows that it locks. Confined to the thread that runs its transaction. */
final class GuardStep {

    private static final byte[] NOTHING = {};
    private static final String SELECT = "SELECT " + Rows.COLUMNS + " FROM {job} WHERE queue = ? AND id = ? FOR UPDATE";
    private static final String PUT = "UPDATE {job} SET place = ?, lane = ?, seq = ?, due = ?, crashes = ?, note = ?,"
            + " need = ?, record = ?, envelope = ? WHERE queue = ? AND id = ?";

    private final Statements statements;
    private final Queues queues;
    private final Rows rows;
    private final Step step;
    private int index;

    GuardStep(Statements statements, Queues queues, Rows rows) throws SQLException {
        this.statements = statements;
        this.queues = queues;
        this.rows = rows;
        this.step = Step.begin(statements);
    }

    @Nullable JobRow row(QueuedJob job) throws SQLException {
        return row(job.queue(), job.id());
    }

    /** What is known of a job, locked; null if nothing is. */
    @Nullable JobRow row(String queue, JobId id) throws SQLException {
        return statements
                .first(SELECT, rows.of(queue), queues.known(queue), id.value())
                .orElse(null);
    }

    Statements statements() {
        return statements;
    }

    /** The number of a queue that was prepared. */
    int number(String queue) {
        return queues.known(queue);
    }

    /** A number for the next thing that is put in order. */
    long nextNumber() {
        return step.number() + next();
    }

    long nowMillis() {
        return step.nowMillis();
    }

    private int next() {
        return index++ % Step.NUMBERS;
    }

    /**
     * What is written of a job.
     *
     * @param due when it is due, died, ended or was noted; null if nothing happens by time
     * @param behind whether it goes behind what waits when it is sent, until it moves
     */
    record Writing(
            int place,
            @Nullable Long due,
            @Nullable String note,
            @Nullable String need,
            boolean behind) {

        /** With neither a note nor a need. */
        static Writing of(int place, @Nullable Long due) {
            return new Writing(place, due, null, null, false);
        }
    }

    /** Writes what is known of a job, whatever was; false if somebody else has just written the first. */
    boolean put(boolean there, QueuedJob job, Writing writing) throws SQLException {
        DeliveryState state = job.state();
        byte[] envelope =
                writing.place() >= Rows.GONE ? NOTHING : job.envelope().bytes();
        int number = queues.known(job.queue());
        int lane = writing.behind() ? Rows.BACK : Rows.front(state.crashes());
        if (there) {
            return statements.update(
                            PUT,
                            writing.place(),
                            lane,
                            nextNumber(),
                            writing.due(),
                            state.crashes(),
                            Texts.note(writing.note()),
                            writing.need(),
                            Rows.encode(state),
                            envelope,
                            number,
                            job.id().value())
                    == 1;
        }
        return statements
                .insertAllIfAbsent(
                        "INSERT INTO {job} (queue, id, place, lane, seq, due, crashes, note, need, record, envelope)"
                                + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                        List.<@Nullable Object[]>of(new @Nullable Object[] {
                            number,
                            job.id().value(),
                            writing.place(),
                            lane,
                            nextNumber(),
                            writing.due(),
                            state.crashes(),
                            Texts.note(writing.note()),
                            writing.need(),
                            Rows.encode(state),
                            envelope
                        }))[0];
    }

    /**
     * Writes what must not be lost. Where somebody has just written the first, as a relay that notes a job while it ends, the
     * step has to see that: it is given up, and the database is asked to begin it again.
     */
    void mustPut(boolean there, QueuedJob job, Writing writing) throws SQLException {
        if (!put(there, job, writing)) {
            throw new SQLException("somebody else has just written of job " + job.id(), Database.BEGIN_AGAIN);
        }
    }

    void remove(QueuedJob job) throws SQLException {
        statements.update(
                "DELETE FROM {job} WHERE queue = ? AND id = ?",
                queues.known(job.queue()),
                job.id().value());
    }
}
