package io.goose.broker.jdbc;

import io.goose.broker.jdbc.Claimer.Order;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a claim learns of its session and queue before it takes anything, in one statement. */
record Look(
        Step step,
        long expiry,
        boolean paused,
        boolean limited,
        @Nullable Long nextDue,
        boolean suspects,
        boolean routed,
        boolean front,
        boolean prioritised) {
    /** With the orders, of which each is that of one index: without, any index that begins with the queue would do. */
    private static final String LOOK = "SELECT (SELECT expiry FROM {beat} WHERE session = s.id), {now}, {next},"
            + " (SELECT paused + 2 * limited FROM {queue} WHERE id = ?), " + any("0") + ", " + any("1") + ", "
            + any("2 AND seq > ?")
            + ", " + any("2 AND seq < 0") + ", %s"
            + " FROM {session} s WHERE s.id = ? AND s.closed = 0 FOR UPDATE";

    private static final Map<Dialect, String> LOOKS = Arrays.stream(Dialect.values())
            .collect(Collectors.toUnmodifiableMap(
                    dialect -> dialect, dialect -> LOOK.formatted(String.join(", ", Promotion.next(dialect)))));

    private static final int FIRST_DUE = 9;

    static Look read(ResultSet row) throws SQLException {
        Long due = null;
        for (int i = FIRST_DUE; i <= row.getMetaData().getColumnCount(); i++) {
            due = least(due, number(row, i));
        }
        return new Look(
                new Step(row.getLong(3), row.getLong(2)),
                row.getLong(1),
                row.getInt(4) % 2 != 0,
                row.getInt(4) > 1,
                due,
                row.getInt(5) != 0,
                row.getInt(6) != 0,
                row.getInt(7) != 0,
                row.getInt(8) != 0);
    }

    private static @Nullable Long number(ResultSet row, int column) throws SQLException {
        long value = row.getLong(column);
        return row.wasNull() ? null : value;
    }

    private static @Nullable Long least(@Nullable Long one, @Nullable Long other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return Math.min(one, other);
    }

    boolean isDue() {
        return nextDue != null && nextDue <= step.nowMillis();
    }

    @Nullable Duration untilNextDue() {
        return nextDue == null ? null : Duration.ofMillis(Math.max(0, nextDue - step.nowMillis()));
    }

    private static String any(String lane) {
        return "(SELECT 1 FROM {job} WHERE queue = ? AND place = 0 AND lane = " + lane + Claimer.IN_ORDER + "1)";
    }

    /** Looks, and locks the session's row; null if it has lost its standing. */
    static @Nullable Look at(Statements statements, Order order, long dueStart, long frontStart) throws SQLException {
        int queue = order.queueNumber();
        Dialect dialect = statements.dialect();
        List<Object> values = new ArrayList<>(List.of(queue, queue, queue, queue, frontStart, queue));
        for (int i = 0; i < Promotion.next(dialect).size(); i++) {
            values.add(queue);
            values.add(dueStart);
        }
        values.add(order.standing().id());
        return statements
                .first(Objects.requireNonNull(LOOKS.get(dialect)), Look::read, values.toArray())
                .orElse(null);
    }
}
