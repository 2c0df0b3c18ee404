package io.goose.broker.jdbc;

import io.goose.broker.jdbc.Rows.JobRow;
import io.goose.spi.SessionSpec;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Who is at work, in the tables, and which jobs follow from who can run what. Thread-safe. */
final class Sessions {

    private static final int CHUNK = 500;

    /** How often a session that waits says so. */
    static final long IDLE_SAID_MILLIS = 5_000;

    private static final String LIVE = "SELECT s.id FROM {session} s JOIN {served} q ON q.session = s.id"
            + " JOIN {need} n ON n.session = s.id JOIN {beat} b ON b.session = s.id"
            + " WHERE q.queue = ? AND n.name = ? AND s.closed = 0 AND b.expiry > ?";

    private static final String NEED = "INSERT INTO {need} (name, session) VALUES (?, ?)";

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
        Standing standing = database.attempt("open a session", statements -> {
            Standing fresh = new Standing(queues.namespace(), spec, numbers);
            insert(statements, fresh);
            return fresh;
        });
        for (String queue : spec.queues()) {
            database.attempt(
                    "look what jobs of queue '" + queue + "' need",
                    statements -> noteComposites(statements, standing, queue));
            int moved;
            do {
                moved = database.attempt(
                        "bring back jobs of queue '" + queue + "'",
                        statements -> bringBack(statements, standing, queue));
            } while (moved == CHUNK);
        }
        return standing;
    }

    private static void insert(Statements statements, Standing standing) throws SQLException {
        SessionSpec spec = standing.spec();
        statements.update(
                "INSERT INTO {session} (id, namespace, host, threads, exposure) VALUES (?, ?, ?, ?, ?)",
                standing.id(),
                standing.namespace(),
                Texts.host(spec.host()),
                spec.threads(),
                spec.exposure());
        statements.update(
                "INSERT INTO {beat} (session, expiry) VALUES (?, {now} + ?)",
                standing.id(),
                spec.lease().toMillis());
        List<@Nullable Object[]> served = new ArrayList<>();
        standing.queues().values().forEach(queue -> served.add(new Object[] {queue, standing.id()}));
        statements.insertAllIfAbsent("INSERT INTO {served} (queue, session) VALUES (?, ?)", served);
        List<@Nullable Object[]> needs = new ArrayList<>();
        Texts.needs(spec.announced()).forEach(need -> needs.add(new Object[] {need, standing.id()}));
        statements.insertAllIfAbsent(NEED, needs);
    }

    /** Jobs may need several things at once: those that this session has all of become a need that it announced. */
    private static int noteComposites(Statements statements, Standing standing, String queue) throws SQLException {
        int number = standing.queue(queue);
        Set<String> composites = new HashSet<>();
        for (String waiting : List.of("place IN (5, 6)", "place = 0 AND lane = 1")) {
            composites.addAll(statements.query(
                    "SELECT DISTINCT need FROM {job} WHERE queue = ? AND " + waiting + " AND need LIKE '% %'",
                    row -> row.getString(1),
                    number));
        }
        composites.removeIf(composite -> !Texts.isMetBy(standing.spec().announced(), composite));
        List<@Nullable Object[]> needs = new ArrayList<>();
        composites.stream().sorted().forEach(composite -> needs.add(new Object[] {composite, standing.id()}));
        statements.insertAllIfAbsent(NEED, needs);
        return needs.size();
    }

    /** A chunk of the jobs that waited for what this session announced; returns how many. */
    private int bringBack(Statements statements, Standing standing, String queue) throws SQLException {
        int number = standing.queue(queue);
        List<JobRow> known = statements.query(
                "SELECT " + Rows.BARE + " FROM {job} WHERE queue = ? AND place IN (5, 6)"
                        + " AND need IN (SELECT name FROM {need} WHERE session = ?) ORDER BY seq LIMIT ? {free}",
                rows.of(queue),
                number,
                standing.id(),
                CHUNK);
        if (known.isEmpty()) {
            return 0;
        }
        Step step = Step.begin(statements);
        List<@Nullable Object[]> moves = new ArrayList<>();
        for (JobRow row : known) {
            moves.add(new @Nullable Object[] {
                step.number() + moves.size(), Rows.encode(row.job().state().withUnknownSince(null)), number, row.id()
            });
        }
        statements.updateAll(
                "UPDATE {job} SET place = 0, lane = 1, seq = ?, due = NULL, note = NULL, record = ?"
                        + " WHERE queue = ? AND id = ? AND place IN (5, 6)",
                moves);
        return known.size();
    }

    /**
     * Whether a live session of the queue announced {@code need}. If that is several things, it counts from now on as
     * announced by each session that announced them all, for claims look for the text as it is.
     */
    static boolean anyCanRun(Statements statements, int queue, String need, long nowMillis) throws SQLException {
        Set<String> able = null;
        List<String> parts = Texts.parts(need);
        for (String part : parts) {
            Set<String> knowing = live(statements, queue, part, nowMillis);
            if (able == null) {
                able = knowing;
            } else {
                able.retainAll(knowing);
            }
            if (able.isEmpty()) {
                return false;
            }
        }
        if (able != null && parts.size() > 1) {
            able.removeAll(live(statements, queue, need, nowMillis));
            List<@Nullable Object[]> needs = new ArrayList<>();
            able.forEach(session -> needs.add(new Object[] {Texts.need(need), session}));
            statements.insertAllIfAbsent(NEED, needs);
        }
        return true;
    }

    private static Set<String> live(Statements statements, int queue, String need, long nowMillis) throws SQLException {
        // in order, so that two who insert for the same sessions wait for each other and do not block each other
        return new TreeSet<>(statements.query(LIVE, row -> row.getString(1), queue, Texts.need(need), nowMillis));
    }

    /**
     * Whether the session has its standing; it is prolonged if so. In a short transaction: this is the one row that a heart needs,
     * and only who rescues the session locks it besides, who waits for nobody.
     */
    static boolean prolong(Statements statements, Standing standing) throws SQLException {
        return statements.update(
                        "UPDATE {beat} SET expiry = {now} + ? WHERE session = ? AND expiry > 0",
                        standing.spec().lease().toMillis(),
                        standing.id())
                == 1;
    }

    /** Says that a session waits for notices, for twice as long as until it says so again. */
    static int sayIdle(Statements statements, String id) throws SQLException {
        return statements.update("UPDATE {session} SET idle = {now} + ? WHERE id = ?", 2 * IDLE_SAID_MILLIS, id);
    }

    /** Locks a session's row; whether there is one. Whoever takes its leases, or takes them away, does this first. */
    static boolean lock(Statements statements, String id) throws SQLException {
        return statements
                .first("SELECT id FROM {session} WHERE id = ? FOR UPDATE", row -> true, id)
                .isPresent();
    }

    /** Ends a session in order: it is forgotten, or its leases expire uncounted. */
    static boolean end(Statements statements, String id) throws SQLException {
        lock(statements, id);
        boolean holdsNothing = statements.number("SELECT COUNT(*) FROM {job} WHERE session = ? AND place = 1", id) == 0;
        if (holdsNothing) {
            remove(statements, id);
        } else {
            statements.update("UPDATE {session} SET closed = 1 WHERE id = ?", id);
        }
        return holdsNothing;
    }

    /** Forgets a session that holds nothing. */
    static void remove(Statements statements, String id) throws SQLException {
        statements.update("DELETE FROM {settled} WHERE session = ?", id);
        statements.update("DELETE FROM {cancel} WHERE session = ?", id);
        statements.update("DELETE FROM {served} WHERE session = ?", id);
        statements.update("DELETE FROM {need} WHERE session = ?", id);
        statements.update("DELETE FROM {beat} WHERE session = ?", id);
        statements.update("DELETE FROM {session} WHERE id = ?", id);
    }
}
