package io.goose.broker.jdbc;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Moves what is due to the front, in the order of the times. Stateless. */
final class Promotion {

    private static final int MOST = 500;

    private static final String DUE =
            "SELECT id, due, seq, {address} FROM {job} WHERE queue = ? AND %s AND due >= ? AND due <= ? ORDER BY %s LIMIT ? {free}";

    private static final String NEXT =
            "(SELECT due FROM {job} WHERE queue = ? AND %s AND due >= ? ORDER BY %s LIMIT 1)";

    private Promotion() {}

    private record Due(Bulk.Row row, long millis, long seq) {
        private static final Comparator<Due> ORDER =
                Comparator.comparingLong(Due::millis).thenComparingLong(Due::seq);
    }

    /**
     * The queries that give what is due, each by an index and no more of it than is moved: a large backlog would else be sorted
     * anew for each part. PostgreSQL has one index of both places; the others have one that begins with the place, and H2 takes an
     * order from an index only if it is named from the first column on.
     */
    static List<String> queries(Dialect dialect) {
        return dialect == Dialect.POSTGRESQL
                ? List.of(DUE.formatted("place IN (2, 5)", "due, seq"))
                : List.of(
                        DUE.formatted("place = 2", "place, queue, due, seq"),
                        DUE.formatted("place = 5", "place, queue, due, seq"));
    }

    /** When the next is due, in as many columns as there are queries; each takes the queue and the time from which to look. */
    static List<String> next(Dialect dialect) {
        return dialect == Dialect.POSTGRESQL
                ? List.of(NEXT.formatted("place IN (2, 5)", "due, seq"))
                : List.of(
                        NEXT.formatted("place = 2", "place, queue, due, seq"),
                        NEXT.formatted("place = 5", "place, queue, due, seq"));
    }

    /**
     * Moves what is due.
     *
     * @param from the time from which on to look
     * @return the last time that was moved
     */
    static Optional<Long> promote(Statements statements, int queue, Step step, long from) throws SQLException {
        List<Due> due = new ArrayList<>();
        for (String query : queries(statements.dialect())) {
            due.addAll(statements.query(
                    query,
                    row -> new Due(new Bulk.Row(row.getString(1), row.getString(4)), row.getLong(2), row.getLong(3)),
                    queue,
                    from,
                    step.nowMillis(),
                    MOST));
        }
        List<Due> first = due.stream().sorted(Due.ORDER).limit(MOST).toList();
        Bulk.promote(statements, queue, first.stream().map(Due::row).toList(), step);
        return first.stream().map(Due::millis).max(Long::compare);
    }
}
