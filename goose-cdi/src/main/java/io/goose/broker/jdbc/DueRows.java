package io.goose.broker.jdbc;

import io.goose.broker.jdbc.Rows.JobRow;
import io.goose.job.DeliveryState;
import io.goose.job.Lane;
import io.goose.job.QueuedJob;
import io.goose.spi.GuardedLedger.Due;
import io.goose.spi.GuardedLedger.Taken;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a ledger gives out to be sent to its transport; due then says until when it is somebody's. Thread-safe. */
final class DueRows {

    /** In an order that an index gives. */
    static final String STRAYS = "SELECT " + Rows.COLUMNS + " FROM {job} WHERE queue = ? AND place = 7 AND due <= ?"
            + " ORDER BY due, seq LIMIT ? {free}";

    private static final String HEAD = "SELECT {next}, {now}, (SELECT paused FROM {queue} WHERE id = ?){byIndex}";

    private final Database database;
    private final Queues queues;
    private final Rows rows;

    DueRows(Database database, Queues queues, Rows rows) {
        this.database = database;
        this.queues = queues;
        this.rows = rows;
    }

    Due take(String queue, int most, Duration hold) {
        Integer number = queues.existing(queue);
        if (number == null) {
            return Due.NOTHING;
        }
        return database.inTransaction("take what is due in queue '" + queue + "'", statements -> {
            Head head = statements.first(HEAD, Head::read, number).orElseThrow();
            if (head.paused()) {
                return Due.PAUSED;
            }
            Step step = head.step();
            List<JobRow> due = statements.query(
                    "SELECT " + Rows.COLUMNS + " FROM {job} WHERE queue = ? AND place = 2 AND due <= ?"
                            + " ORDER BY due, seq LIMIT ? {free}",
                    rows.of(queue),
                    number,
                    step.nowMillis(),
                    most);
            List<Taken> taken = taken(statements, number, due, Rows.SCHEDULED, step, hold);
            Optional<Long> next = statements
                    .query(
                            "SELECT due FROM {job} WHERE queue = ? AND place = 2 ORDER BY due, seq LIMIT 1",
                            row -> row.getLong(1),
                            number)
                    .stream()
                    .findFirst();
            return new Due(
                    taken,
                    next.map(millis -> Duration.ofMillis(Math.max(0, millis - step.nowMillis())))
                            .orElse(null),
                    false);
        });
    }

    /** What a taking begins with. */
    private record Head(Step step, boolean paused) {
        static Head read(ResultSet row) throws SQLException {
            return new Head(new Step(row.getLong(1), row.getLong(2)), row.getInt(3) != 0);
        }
    }

    /**
     * Where no lock could be had, as on H2, two may have read the same; one of them changes it. The token is a number of the step:
     * the time would not tell two takings in one millisecond apart.
     */
    private static List<Taken> taken(
            Statements statements, int number, List<JobRow> found, int from, Step step, Duration hold)
            throws SQLException {
        List<Taken> taken = new ArrayList<>();
        for (JobRow row : found) {
            long token = step.number() + taken.size() % Step.NUMBERS;
            int hit = statements.update(
                    "UPDATE {job} SET place = 7, due = ?, token = ? WHERE queue = ? AND id = ? AND place + 0 = ? AND"
                            + " due = ?",
                    step.nowMillis() + hold.toMillis(),
                    token,
                    number,
                    row.id(),
                    from,
                    row.due());
            if (hit == 1) {
                QueuedJob job = row.job();
                boolean back =
                        row.lane() == Rows.BACK; // one that was never ahead of others, also when it is sent again
                DeliveryState state =
                        job.state().withLane(back ? Lane.BACK : Lane.FRONT).withNotBefore(null);
                taken.add(new Taken(new QueuedJob(job.queue(), job.id(), job.envelope(), state, true), token));
            }
        }
        return taken;
    }

    List<Taken> takeStrays(int most, Duration hold) {
        List<Taken> all = new ArrayList<>();
        for (String queue : queues.names()) {
            Integer number = queues.existing(queue);
            if (number != null && all.size() < most) {
                all.addAll(database.inTransaction("take the strays of queue '" + queue + "'", statements -> {
                    Step step = Step.begin(statements);
                    List<JobRow> strays =
                            statements.query(STRAYS, rows.of(queue), number, step.nowMillis(), most - all.size());
                    return taken(statements, number, strays, Rows.SENT, step, hold);
                }));
            }
        }
        return all;
    }

    /** The token is in it: who answers late must not speak for who took the job later, or for its next life. */
    void sent(List<Taken> taken) {
        List<@Nullable Object[]> values = new ArrayList<>();
        for (Taken each : taken) {
            QueuedJob job = each.job();
            values.add(new Object[] {queues.known(job.queue()), job.id().value(), each.token()});
        }
        database.inTransaction(
                "mark " + taken.size() + " jobs as sent",
                statements -> statements.updateAll(
                        "UPDATE {job} SET due = NULL WHERE queue = ? AND id = ? AND place + 0 = 7 AND token = ?",
                        values));
    }

    /** With the token, as {@link #sent}. */
    void putOff(List<Taken> taken, Duration after) {
        List<@Nullable Object[]> values = new ArrayList<>();
        for (Taken each : taken) {
            QueuedJob job = each.job();
            values.add(new Object[] {
                after.toMillis(), queues.known(job.queue()), job.id().value(), each.token()
            });
        }
        database.inTransaction(
                "put off " + taken.size() + " jobs",
                statements -> statements.updateAll(
                        "UPDATE {job} SET place = 2, due = {now} + ? WHERE queue = ? AND id = ? AND place + 0 = 7"
                                + " AND token = ?",
                        values));
    }
}
