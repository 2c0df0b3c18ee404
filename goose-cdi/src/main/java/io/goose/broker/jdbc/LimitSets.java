package io.goose.broker.jdbc;

import io.goose.broker.jdbc.LimitRows.Row;
import io.goose.broker.jdbc.Rows.JobRow;
import io.goose.spi.LimitedJob;
import java.sql.Array;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a claim of a queue with limits reads and writes of many jobs, classes and buckets: each in one statement on PostgreSQL, which takes
 * the values as arrays, and one after the other elsewhere. All claims of the queue wait for this one, so what counts is how short it is. For
 * the transaction that has locked the queue's row.
 */
final class LimitSets {

    /** The first jobs of a class in one of its lanes. */
    private static final String NEXT = "SELECT id FROM {keyed} WHERE queue = ? AND held = 0 AND class = ? AND lane = ?"
            + " ORDER BY queue, held, class, lane, seq LIMIT ?";

    /** The same of many classes, of the one lane first; each is read by the index of what waits. */
    private static final String NEXT_OF_ALL = "SELECT u.class, k.id FROM unnest(?, ?) AS u(class, most)"
            + " CROSS JOIN LATERAL (" + lane() + " UNION ALL " + lane() + " LIMIT u.most) k";

    private static String lane() {
        return "(SELECT id FROM {keyed} WHERE queue = ? AND held = 0 AND class = u.class AND lane = ?"
                + " ORDER BY queue, class, lane, seq LIMIT u.most)";
    }

    private static final String WAITS = "place + 0 = 0 AND lane = " + Rows.KEYED;

    private static final String ONE =
            "SELECT " + Rows.COLUMNS + " FROM {job} WHERE queue = ? AND id = ? AND " + WAITS + " {freeRow}";

    /** The limit keeps the inner query one for each id; what has moved since it was found is left out. */
    private static final String MANY = "SELECT " + Rows.COLUMNS + " FROM {job} WHERE ctid = ANY (ARRAY("
            + "SELECT a.address FROM unnest(?) AS u(wanted) CROSS JOIN LATERAL"
            + " (SELECT k.ctid AS address FROM {job} k WHERE k.queue = ? AND k.id = u.wanted LIMIT 1) a)) AND " + WAITS
            + " {free}";

    private static final String PUT = "INSERT INTO {keyed} (queue, id, held, class, lane, seq)";

    /** Deletes rows by their keys on PostgreSQL, each by a look-up of its own; they are safe from others by the queue's row. */
    private static String delete(String table, String key) {
        return "DELETE FROM " + table + " WHERE ctid = ANY (ARRAY(SELECT a.address FROM unnest(?) AS u(wanted)"
                + " CROSS JOIN LATERAL (SELECT k.ctid AS address FROM " + table + " k WHERE k.queue = ? AND k." + key
                + " = u.wanted LIMIT 1) a))";
    }

    private final Statements statements;
    private final int queue;
    private final Together later;

    LimitSets(Statements statements, int queue) {
        this.statements = statements;
        this.queue = queue;
        this.later = new Together(statements);
    }

    /** What is written behind all that a claim reads, together. */
    Together later() {
        return later;
    }

    private boolean takesArrays() {
        return statements.dialect() == Dialect.POSTGRESQL;
    }

    private Array texts(List<String> values) throws SQLException {
        return statements.array("text", values.toArray(String[]::new));
    }

    private Array numbers(List<Long> values) throws SQLException {
        return statements.array("int8", values.toArray(Long[]::new));
    }

    private Array small(List<Integer> values) throws SQLException {
        return statements.array("int4", values.toArray(Integer[]::new));
    }

    /** Writes rows of jobs, no two of one, instead of what is there of them. */
    void put(List<Row> rows) throws SQLException {
        putLater(rows);
        later.run();
    }

    /** The same, {@link #later}. */
    void putLater(List<Row> rows) throws SQLException {
        if (rows.isEmpty()) {
            return;
        }
        if (takesArrays()) {
            later.update(
                    PUT + " SELECT ?, u.* FROM unnest(?, ?, ?, ?, ?) AS u ON CONFLICT (queue, id) DO UPDATE"
                            + " SET held = excluded.held, class = excluded.class, lane = excluded.lane, seq = excluded.seq",
                    queue,
                    texts(rows.stream().map(Row::id).toList()),
                    small(rows.stream().map(Row::held).toList()),
                    texts(rows.stream().map(row -> LimitRows.name(row.job())).toList()),
                    small(rows.stream().map(Row::lane).toList()),
                    numbers(rows.stream().map(Row::seq).toList()));
            return;
        }
        forget(rows.stream().map(Row::id).toList());
        List<@Nullable Object[]> values = new ArrayList<>();
        for (Row row : rows) {
            values.add(new Object[] {queue, row.id(), row.held(), LimitRows.name(row.job()), row.lane(), row.seq()});
        }
        statements.insertAll(PUT + " VALUES (?, ?, ?, ?, ?, ?)", values);
    }

    void forget(List<String> ids) throws SQLException {
        if (ids.isEmpty()) {
            return;
        }
        if (takesArrays()) {
            statements.update(delete("{keyed}", "id"), texts(ids), queue);
            return;
        }
        List<@Nullable Object[]> keys = new ArrayList<>();
        ids.forEach(id -> keys.add(new Object[] {queue, id}));
        statements.updateAll("DELETE FROM {keyed} WHERE queue = ? AND id = ?", keys);
    }

    /** Lets go of the rows of leases that have ended, {@link #later}. */
    void forgetHeldBut(List<String> leased) throws SQLException {
        if (takesArrays()) {
            later.update("DELETE FROM {keyed} WHERE queue = ? AND held = 1 AND id <> ALL (?)", queue, texts(leased));
            return;
        }
        List<String> held =
                statements.query("SELECT id FROM {keyed} WHERE queue = ? AND held = 1", row -> row.getString(1), queue);
        held.removeAll(leased);
        forget(held);
    }

    /** Moves jobs, whose rows are locked, from the front and the back to where they wait under their classes; {@link #later}. */
    void moveUnderClasses(List<JobRow> rows) throws SQLException {
        if (rows.isEmpty()) {
            return;
        }
        String move = "UPDATE {job} SET lane = " + Rows.KEYED;
        if (takesArrays()) {
            later.update(
                    move + " FROM unnest(?) AS u(address) WHERE {job}.ctid = u.address AND place + 0 = 0",
                    statements.array("tid", rows.stream().map(JobRow::address).toList()));
            return;
        }
        List<@Nullable Object[]> keys = new ArrayList<>();
        rows.forEach(row -> keys.add(new Object[] {queue, row.id()}));
        statements.updateAll(move + " WHERE queue = ? AND id = ? AND place + 0 = 0", keys);
    }

    /**
     * The first jobs that wait under classes.
     *
     * @param most how many of each
     */
    Map<LimitedJob, List<String>> next(Map<LimitedJob, Integer> most, boolean backFirst) throws SQLException {
        int first = backFirst ? Rows.BACK : Rows.FRONT;
        int then = backFirst ? Rows.FRONT : Rows.BACK;
        Map<LimitedJob, List<String>> ids = new LinkedHashMap<>();
        most.keySet().forEach(job -> ids.put(job, new ArrayList<>()));
        if (takesArrays()) {
            Map<String, List<String>> byName = new HashMap<>();
            ids.forEach((job, list) -> byName.put(LimitRows.name(job), list));
            for (String[] found : statements.query(
                    NEXT_OF_ALL,
                    row -> new String[] {row.getString(1), row.getString(2)},
                    texts(most.keySet().stream().map(LimitRows::name).toList()),
                    small(List.copyOf(most.values())),
                    queue,
                    first,
                    queue,
                    then)) {
                byName.getOrDefault(found[0], new ArrayList<>()).add(found[1]);
            }
            return ids;
        }
        for (Map.Entry<LimitedJob, Integer> one : most.entrySet()) {
            List<String> list = ids.getOrDefault(one.getKey(), new ArrayList<>());
            for (int lane : List.of(first, then)) {
                int left = one.getValue() - list.size();
                if (left > 0) {
                    list.addAll(statements.query(
                            NEXT, row -> row.getString(1), queue, LimitRows.name(one.getKey()), lane, left));
                }
            }
        }
        return ids;
    }

    /** Jobs that wait under a class, locked; those that are elsewhere, or locked by others, are missing. */
    Map<String, JobRow> lock(List<String> ids, Statements.Row<JobRow> read) throws SQLException {
        Map<String, JobRow> rows = new HashMap<>();
        if (ids.isEmpty()) {
            return rows;
        }
        if (takesArrays()) {
            statements.query(MANY, read, texts(ids), queue).forEach(row -> rows.put(row.id(), row));
            return rows;
        }
        for (String id : ids) {
            statements.first(ONE, read, queue, id).ifPresent(row -> rows.put(id, row));
        }
        return rows;
    }

    /** Gives classes, which have a turn, a later one; {@link #later}. */
    void moveTurns(Map<LimitedJob, Long> numbers) throws SQLException {
        if (numbers.isEmpty()) {
            return;
        }
        if (takesArrays()) {
            later.update(
                    "INSERT INTO {turn} (queue, class, number) SELECT ?, u.* FROM unnest(?, ?) AS u"
                            + " ON CONFLICT (queue, class) DO UPDATE SET number = excluded.number",
                    queue,
                    texts(numbers.keySet().stream().map(LimitRows::name).toList()),
                    numbers(List.copyOf(numbers.values())));
            return;
        }
        List<@Nullable Object[]> values = new ArrayList<>();
        numbers.forEach((job, number) -> values.add(new Object[] {number, queue, LimitRows.name(job)}));
        statements.updateAll("UPDATE {turn} SET number = ? WHERE queue = ? AND class = ?", values);
    }

    /** Takes away the turns of classes of which nothing waits, {@link #later}. */
    void endTurns(List<LimitedJob> jobs) throws SQLException {
        if (jobs.isEmpty()) {
            return;
        }
        if (takesArrays()) {
            later.update(
                    delete("{turn}", "class"),
                    texts(jobs.stream().map(LimitRows::name).toList()),
                    queue);
            return;
        }
        List<@Nullable Object[]> keys = new ArrayList<>();
        jobs.forEach(job -> keys.add(new Object[] {queue, LimitRows.name(job)}));
        statements.updateAll("DELETE FROM {turn} WHERE queue = ? AND class = ?", keys);
    }

    /** Writes the buckets that have changed, {@link #later}. */
    void write(Map<String, Double> before, Map<String, Double> buckets) throws SQLException {
        List<String> scopes = new ArrayList<>();
        List<@Nullable Object[]> changed = new ArrayList<>();
        List<@Nullable Object[]> fresh = new ArrayList<>();
        buckets.forEach((scope, filled) -> {
            if (!filled.equals(before.get(scope))) {
                scopes.add(scope);
                if (before.containsKey(scope)) {
                    changed.add(new Object[] {filled, queue, scope});
                } else {
                    fresh.add(new Object[] {queue, scope, filled});
                }
            }
        });
        if (scopes.isEmpty()) {
            return;
        }
        if (takesArrays()) {
            Double[] filled = scopes.stream().map(buckets::get).toArray(Double[]::new);
            later.update(
                    "INSERT INTO {bucket} (queue, scope, filled) SELECT ?, u.* FROM unnest(?, ?) AS u"
                            + " ON CONFLICT (queue, scope) DO UPDATE SET filled = excluded.filled",
                    queue,
                    texts(scopes),
                    statements.array("float8", filled));
            return;
        }
        statements.updateAll("UPDATE {bucket} SET filled = ? WHERE queue = ? AND scope = ?", changed);
        statements.insertAll("INSERT INTO {bucket} (queue, scope, filled) VALUES (?, ?, ?)", fresh);
    }
}
