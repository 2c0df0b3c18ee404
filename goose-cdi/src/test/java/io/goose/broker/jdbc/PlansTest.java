package io.goose.broker.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.spi.Broker;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How many rows H2 reads for a part of a large backlog: no more than it gives. */
final class PlansTest {

    private static final int BACKLOG = 5_000;
    private static final int PART = 500;
    private static final Pattern SCANNED = Pattern.compile("scanCount: (\\d+)");

    private final JdbcConnectionPool pool = JdbcUnderTest.pool();
    private final Tables tables = new Tables("", "goose_", Dialect.H2);

    @BeforeEach
    void fill() throws SQLException {
        try (Broker broker = JdbcUnderTest.connect(pool, Map.of(), JdbcUnderTest.STANDARD_DEAD)) {
            broker.prepareQueues(Set.of("a"));
        }
        execute("INSERT INTO goose_job (queue, id, place, lane, seq, due, envelope)"
                + " SELECT 1, 'due' || x, CASE WHEN MOD(x, 2) = 0 THEN 2 ELSE 5 END, 2, x, 1000 - MOD(x, 7), X'00'"
                + " FROM SYSTEM_RANGE(1, " + 2 * BACKLOG + ")");
        execute("INSERT INTO goose_job (queue, id, place, lane, seq, envelope)"
                + " SELECT 1, 'back' || x, 0, 3, x, X'00' FROM SYSTEM_RANGE(1, " + BACKLOG + ")");
        execute("INSERT INTO goose_outbox (target, seq, id, queue, lane, envelope)"
                + " SELECT 'goose/main', x, 'o' || x, 'a', 3, X'00' FROM SYSTEM_RANGE(1, " + BACKLOG + ")");
    }

    @AfterEach
    void close() {
        pool.dispose();
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private int scanned(String template, Object... values) throws SQLException {
        try (Connection connection = pool.getConnection();
                PreparedStatement statement = connection.prepareStatement("EXPLAIN ANALYZE " + tables.sql(template))) {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            try (ResultSet plan = statement.executeQuery()) {
                plan.next();
                return SCANNED.matcher(plan.getString(1))
                        .results()
                        .map(MatchResult::group)
                        .mapToInt(count -> Integer.parseInt(count.substring("scanCount: ".length())))
                        .sum();
            }
        }
    }

    @Test
    void whatIsDue() throws SQLException {
        assertThat(Promotion.queries(Dialect.H2)).hasSize(2);
        for (String query : Promotion.queries(Dialect.H2)) {
            assertThat(scanned(query, 1, 0L, 2000L, PART)).isLessThan(2 * PART);
        }
    }

    @Test
    void aLane() throws SQLException {
        assertThat(scanned(Claimer.lane(Rows.BACK), 1, 0L, PART)).isLessThan(2 * PART);
    }

    @Test
    void theOutbox() throws SQLException {
        assertThat(scanned(JdbcOutbox.query(Set.of()), "goose/main", PART)).isLessThan(2 * PART);
    }

    @Test
    void oldMarks() throws SQLException {
        execute("INSERT INTO goose_mark (queue, name, made) SELECT 1, 'm' || x, x FROM SYSTEM_RANGE(1, " + BACKLOG
                + ")");

        assertThat(scanned(Upkeep.OLD_MARKS, 2000L, PART)).isLessThan(2 * PART);
    }

    @Test
    void oldTombstones_andStrays() throws SQLException {
        execute("INSERT INTO goose_job (queue, id, place, lane, seq, due, envelope)"
                + " SELECT 1, 'guard' || x, 7 + MOD(x, 4), 2, " + 2 * BACKLOG + " - x, x, X'00' FROM SYSTEM_RANGE(1, "
                + BACKLOG + ")");

        assertThat(scanned(Tombstones.old(Rows.GONE), 1, 400L, PART)).isLessThan(PART);
        assertThat(scanned(Tombstones.old(Rows.NOTED), 1, 400L, PART)).isLessThan(PART);
        assertThat(scanned(DueRows.STRAYS, 1, 400L, PART)).isLessThan(PART);
    }
}
