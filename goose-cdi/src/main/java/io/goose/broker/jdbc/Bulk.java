package io.goose.broker.jdbc;

import io.goose.broker.jdbc.Claimer.Order;
import io.goose.broker.jdbc.Rows.JobRow;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Changes of many rows, in one statement where the database has one for it: PostgreSQL takes the values as arrays. Stateless.
 */
final class Bulk {

    // Written so that on PostgreSQL the rows can be had by their addresses only, and by the primary key only: of a
    // table
    // that was empty when the plan was made, all rows would be read by any index, and more than once.
    private static final String TAKE = "UPDATE {job} SET place = 1, session = ?, claim = ?, need = NULL, due = NULL,";
    private static final String PROMOTE =
            "UPDATE {job} SET place = 0, need = NULL, due = NULL, lane = CASE WHEN crashes > 0 THEN 0 ELSE 2 END,";

    static final String INSERT = "INSERT INTO {job} (queue, id, place, lane, seq, due, crashes, record, envelope)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";
    private static final String INSERT_ARRAYS =
            "INSERT INTO {job} (queue, id, place, lane, seq, due, crashes, record, envelope)"
                    + " SELECT * FROM unnest(?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING seq";

    private Bulk() {}

    /** A job to be added. */
    @SuppressWarnings("ArrayRecordComponent") // not compared
    record NewRow(
            int queue,
            String id,
            int place,
            int lane,
            long seq,
            @Nullable Long due,
            int crashes,
            @Nullable String record,
            byte[] envelope) {

        private @Nullable Object[] values() {
            return new @Nullable Object[] {queue, id, place, lane, seq, due, crashes, record, envelope};
        }
    }

    /** Adds jobs whose ids are not there; for each whether it was added. */
    static boolean[] insert(Statements statements, List<NewRow> rows) throws SQLException {
        int count = rows.size();
        if (count < 2 || statements.dialect() != Dialect.POSTGRESQL) {
            return statements.insertAllIfAbsent(
                    INSERT, rows.stream().map(NewRow::values).toList());
        }
        Integer[] queues = new Integer[count];
        String[] ids = new String[count];
        Integer[] places = new Integer[count];
        Integer[] lanes = new Integer[count];
        Long[] numbers = new Long[count];
        @Nullable Long[] due = new @Nullable Long[count];
        Integer[] crashes = new Integer[count];
        @Nullable String[] records = new @Nullable String[count];
        byte[][] envelopes = new byte[count][];
        for (int i = 0; i < count; i++) {
            NewRow row = rows.get(i);
            queues[i] = row.queue();
            ids[i] = row.id();
            places[i] = row.place();
            lanes[i] = row.lane();
            numbers[i] = row.seq();
            due[i] = row.due();
            crashes[i] = row.crashes();
            records[i] = row.record();
            envelopes[i] = row.envelope();
        }
        Set<Long> added = new HashSet<>(statements.query(
                INSERT_ARRAYS,
                row -> row.getLong(1),
                statements.array("int4", queues),
                statements.array("text", ids),
                statements.array("int4", places),
                statements.array("int4", lanes),
                statements.array("int8", numbers),
                statements.array("int8", due),
                statements.array("int4", crashes),
                statements.array("text", records),
                statements.array("bytea", envelopes)));
        return found(List.of(numbers), added);
    }

    /** A row that this transaction has locked. */
    record Row(String id, @Nullable String address) {}

    /** A job that is over, and what must hold for that to count. */
    record Fence(int queue, String id, long token) {}

    /** Leases the chosen jobs; which of them were still there. */
    static boolean[] take(Statements statements, Order order, List<JobRow> chosen, Step tokens) throws SQLException {
        if (chosen.isEmpty()) {
            return new boolean[0];
        }
        String session = order.standing().id();
        List<String> ids = chosen.stream().map(JobRow::id).toList();
        if (statements.dialect() == Dialect.POSTGRESQL) {
            Array addresses =
                    statements.array("tid", chosen.stream().map(JobRow::address).toList());
            // Not by array_position: that would look through all of them for each.
            Set<Long> taken = new HashSet<>(statements.query(
                    TAKE + " token = ? + u.position FROM unnest(?) WITH ORDINALITY AS u(address, position)"
                            + " WHERE {job}.ctid = u.address AND place + 0 = 0 RETURNING token",
                    row -> row.getLong(1),
                    session,
                    order.number(),
                    tokens.number() - 1,
                    addresses));
            return found(numbers(tokens, ids.size()), taken);
        }
        List<@Nullable Object[]> values = new ArrayList<>();
        for (String id : ids) {
            values.add(new Object[] {
                session, order.number(), tokens.number() + values.size(), order.queueNumber(), id,
            });
        }
        return hits(statements.updateAll(TAKE + " token = ? WHERE queue = ? AND id = ? AND place = 0", values));
    }

    /** Puts scheduled jobs to the front. */
    static void promote(Statements statements, int queue, List<Row> rows, Step step) throws SQLException {
        if (rows.isEmpty()) {
            return;
        }
        if (statements.dialect() == Dialect.POSTGRESQL) {
            Array addresses =
                    statements.array("tid", rows.stream().map(Row::address).toList());
            statements.update(
                    PROMOTE + " seq = ? + u.position FROM unnest(?) WITH ORDINALITY AS u(address, position)"
                            + " WHERE {job}.ctid = u.address AND place + 0 IN (2, 5)",
                    step.number() - 1,
                    addresses);
            return;
        }
        List<@Nullable Object[]> values = new ArrayList<>();
        for (Row row : rows) {
            values.add(new Object[] {step.number() + values.size(), queue, row.id()});
        }
        statements.updateAll(PROMOTE + " seq = ? WHERE queue = ? AND id = ? AND place IN (2, 5)", values);
    }

    /** Deletes jobs that are leased to the session under these tokens; which of them were. */
    static boolean[] remove(Statements statements, String session, List<Fence> fences) throws SQLException {
        if (fences.isEmpty()) {
            return new boolean[0];
        }
        if (statements.dialect() == Dialect.POSTGRESQL) {
            // The limit keeps the inner query one for each job.
            Set<Fence> removed = new HashSet<>(statements.query(
                    "DELETE FROM {job} USING unnest(?, ?, ?) AS u(queue, id, token) CROSS JOIN LATERAL"
                            + " (SELECT k.ctid AS address FROM {job} k WHERE k.queue = u.queue AND k.id = u.id LIMIT 1) a"
                            + " WHERE {job}.ctid = a.address AND {job}.token = u.token AND session = ?"
                            + " AND place + 0 = 1 RETURNING u.queue, u.id, u.token",
                    Bulk::fence,
                    statements.array("int4", fences.stream().map(Fence::queue).toList()),
                    statements.array("text", fences.stream().map(Fence::id).toList()),
                    statements.array("int8", fences.stream().map(Fence::token).toList()),
                    session));
            return found(fences, removed);
        }
        List<@Nullable Object[]> values = new ArrayList<>();
        for (Fence fence : fences) {
            values.add(new Object[] {fence.queue(), fence.id(), fence.token(), session});
        }
        return hits(statements.updateAll(
                "DELETE FROM {job} WHERE queue = ? AND id = ? AND token = ? AND session = ? AND place = 1", values));
    }

    private static Fence fence(ResultSet row) throws SQLException {
        return new Fence(row.getInt(1), row.getString(2), row.getLong(3));
    }

    private static List<Long> numbers(Step step, int count) {
        List<Long> numbers = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            numbers.add(step.number() + i);
        }
        return numbers;
    }

    /** Which of the wanted were found; of two that are equal, the first. */
    private static <T> boolean[] found(List<T> wanted, Set<T> found) {
        boolean[] hits = new boolean[wanted.size()];
        for (int i = 0; i < hits.length; i++) {
            hits[i] = found.remove(wanted.get(i));
        }
        return hits;
    }

    private static boolean[] hits(int[] counts) {
        boolean[] hits = new boolean[counts.length];
        for (int i = 0; i < hits.length; i++) {
            hits[i] = counts[i] == 1;
        }
        return hits;
    }
}
