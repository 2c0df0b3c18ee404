package io.goose.broker.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.spi.Broker;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Old marks and what sessions leave behind. */
final class UpkeepTest {

    private final JdbcConnectionPool pool = JdbcUnderTest.pool();
    private final AtomicLong nanos = new AtomicLong();

    /** A clock that goes on by so much each time that somebody looks. */
    private final AtomicLong stepNanos = new AtomicLong();

    private final Upkeep upkeep = upkeep();

    private Upkeep upkeep() {
        try (Broker broker = JdbcUnderTest.connect(pool, Map.of(), JdbcUnderTest.STANDARD_DEAD)) {
            broker.prepareQueues(Set.of("a"));
        }
        Database database = new Database(
                pool,
                JdbcSettings.read(
                        JdbcUnderTest.settings(Map.of(), "goose", JdbcUnderTest.STANDARD_DEAD),
                        true,
                        new ArrayList<>()),
                "the test's");
        return new Upkeep(
                database,
                new Queues(database, "goose"),
                new Burials(JdbcUnderTest.STANDARD_DEAD),
                Duration.ofHours(1),
                () -> nanos.addAndGet(stepNanos.get()));
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

    private int count(String table) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SELECT COUNT(*) FROM " + table)) {
            result.next();
            return result.getInt(1);
        }
    }

    private void addMarks(int old) throws SQLException {
        execute("INSERT INTO goose_mark (queue, name, made) SELECT 1, 'old' || x, x FROM SYSTEM_RANGE(1, " + old + ")");
        execute("INSERT INTO goose_mark (queue, name, made) VALUES (1, 'fresh', "
                + (System.currentTimeMillis() - 60_000) + ")");
    }

    @Test
    void oldMarksAreClearedOnceAMinute_andFreshOnesStay() throws SQLException {
        addMarks(3 * Upkeep.CHUNK + 1);
        upkeep.run(queue -> {});
        assertThat(count("goose_mark")).isEqualTo(3 * Upkeep.CHUNK + 2);

        nanos.addAndGet(Duration.ofSeconds(61).toNanos());
        upkeep.run(queue -> {});

        assertThat(count("goose_mark")).isEqualTo(1);
    }

    @Test
    void manyOldMarks_areClearedInSeveralSweeps_soThatNoneTakesLong() throws SQLException {
        addMarks(3 * Upkeep.CHUNK);
        nanos.addAndGet(Duration.ofSeconds(61).toNanos());
        stepNanos.set(Duration.ofMillis(300).toNanos());
        List<Integer> left = new ArrayList<>();
        for (int sweep = 0; sweep < 3; sweep++) {
            upkeep.run(queue -> {});
            left.add(count("goose_mark"));
        }

        assertThat(left).containsExactly(Upkeep.CHUNK + 1, 1, 1);
    }

    @Test
    void whatASessionThatHasGoneLeftBehind_isForgotten() throws SQLException {
        execute("INSERT INTO goose_session (id, namespace, host, threads, exposure)"
                + " VALUES ('here', 'goose', 'h', 1, 1)");
        execute("INSERT INTO goose_settled VALUES ('here', 1, 'A'), ('gone', 1, 'A'), ('gone', 2, 'A')");
        execute("INSERT INTO goose_need VALUES ('n', 'here'), ('n', 'gone')");
        nanos.addAndGet(Duration.ofSeconds(61).toNanos());

        upkeep.run(queue -> {});

        assertThat(count("goose_settled")).isEqualTo(1);
        assertThat(count("goose_need")).isEqualTo(1);
    }
}
