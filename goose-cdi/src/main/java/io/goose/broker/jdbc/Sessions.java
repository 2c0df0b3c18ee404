package io.goose.broker.jdbc;

import io.goose.broker.jdbc.Rows.JobRow;
import io.goose.spi.SessionSpec;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Who is at work, in the tables, and which jobs follow from who can run what. Thread-safe. */
final class Sessions {

    private static final String LIVE = "SELECT 1 FROM {session} s JOIN {served} q ON q.session = s.id"
            + " JOIN {need} n ON n.session = s.id"
            + " WHERE q.queue = ? AND n.name = ? AND s.closed = 0 AND s.expiry > ?";

    private final Database database;
    private final Queues queues;
    private final Rows rows;

    Sessions(Database database, Queues queues, Rows rows) {
        this.database = database;
        this.queues = queues;
        this.rows = rows;
    }

    /** Gives a session a standing, and what waited for it: jobs that need what it announces. */
    Standing register(SessionSpec spec) throws Database.Unfinished {
        Map<String, Integer> numbers = new HashMap<>();
        for (String queue : spec.queues()) {
            numbers.put(queue, queues.numberOf(queue));
        }
        return database.attempt("open a session", statements -> {
            Standing standing = new Standing(spec, numbers);
            insert(statements, standing);
            for (String queue : spec.queues()) {
                bringBack(statements, queue, standing.queue(queue), spec.announced());
            }
            return standing;
        });
    }

    private static void insert(Statements statements, Standing standing) throws SQLException {
        SessionSpec spec = standing.spec();
        statements.update(
                "INSERT INTO {session} (id, host, threads, exposure, expiry, closed) VALUES (?, ?, ?, ?, {now} + ?, 0)",
                standing.id(),
                spec.host(),
                spec.threads(),
                spec.exposure(),
                spec.lease().toMillis());
        statements.update("INSERT INTO {settled} (session, number, answers) VALUES (?, 0, '')", standing.id());
        List<@Nullable Object[]> served = new ArrayList<>();
        standing.queues().values().forEach(queue -> served.add(new Object[] {queue, standing.id()}));
        statements.updateAll("INSERT INTO {served} (queue, session) VALUES (?, ?)", served);
        List<@Nullable Object[]> needs = new ArrayList<>();
        spec.announced().forEach(need -> needs.add(new Object[] {need, standing.id()}));
        statements.updateAll("INSERT INTO {need} (name, session) VALUES (?, ?)", needs);
    }

    private void bringBack(Statements statements, String queue, int number, Set<String> announced) throws SQLException {
        List<JobRow> needy = statements.query(
                "SELECT " + Rows.COLUMNS + " FROM {job} WHERE queue = ? AND place IN (5, 6) ORDER BY seq {free}",
                rows.of(queue),
                number);
        List<JobRow> known = needy.stream()
                .filter(row -> row.need() != null && announced.contains(row.need()))
                .toList();
        if (known.isEmpty()) {
            return;
        }
        Step step = Step.begin(statements);
        List<@Nullable Object[]> moves = new ArrayList<>();
        for (JobRow row : known) {
            moves.add(new @Nullable Object[] {
                step.number() + moves.size() % Step.NUMBERS,
                rows.encode(row.job().state().withUnknownSince(null)),
                number,
                row.id()
            });
        }
        statements.updateAll(
                "UPDATE {job} SET place = 0, lane = 1, seq = ?, due = NULL, note = NULL, record = ?"
                        + " WHERE queue = ? AND id = ? AND place IN (5, 6)",
                moves);
    }

    /** Whether a live session of the queue announced {@code need}. */
    static boolean anyCanRun(Statements statements, int queue, String need, long nowMillis) throws SQLException {
        return statements.first(LIVE, row -> 1, queue, need, nowMillis).isPresent();
    }

    /** Whether the session has its standing; it is prolonged if so. */
    static boolean prolong(Statements statements, Standing standing) throws SQLException {
        return statements.update(
                        "UPDATE {session} SET expiry = {now} + ? WHERE id = ? AND closed = 0",
                        standing.spec().lease().toMillis(),
                        standing.id())
                == 1;
    }

    /** Locks a session's row; whether there is one. Whoever takes its leases, or takes them away, does this first. */
    static boolean lock(Statements statements, String id) throws SQLException {
        return statements
                .first("SELECT id FROM {session} WHERE id = ? FOR UPDATE", row -> true, id)
                .isPresent();
    }

    /** Forgets a session that holds nothing. */
    static void remove(Statements statements, String id) throws SQLException {
        statements.update("DELETE FROM {session} WHERE id = ?", id);
        statements.update("DELETE FROM {served} WHERE session = ?", id);
        statements.update("DELETE FROM {need} WHERE session = ?", id);
        statements.update("DELETE FROM {settled} WHERE session = ?", id);
    }
}
