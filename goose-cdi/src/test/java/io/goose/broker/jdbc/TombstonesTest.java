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

/** Old tombstones, also where there are many. */
final class TombstonesTest {

    private static final int CHUNK = Tombstones.CHUNK;

    private final JdbcConnectionPool pool = JdbcUnderTest.pool();
    private final AtomicLong nanos = new AtomicLong();

    /** A clock that goes on by so much each time that somebody looks. */
    private final AtomicLong stepNanos = new AtomicLong();

    private final Tombstones tombstones = tombstones();

    private Tombstones tombstones() {
        try (Broker broker = JdbcUnderTest.connect(pool, Map.of(), JdbcUnderTest.STANDARD_DEAD)) {
            broker.prepareQueues(Set.of("a"));
            broker.prepareQueues(Set.of("b"));
        }
        Database database = new Database(
                pool,
                JdbcSettings.read(
                        JdbcUnderTest.settings(Map.of(), "goose", JdbcUnderTest.STANDARD_DEAD),
                        true,
                        new ArrayList<>()),
                "the test's");
        return new Tombstones(
                database, new Queues(database, "goose"), Duration.ofHours(1), () -> nanos.addAndGet(stepNanos.get()));
    }

    @AfterEach
    void close() {
        pool.dispose();
    }

    private void add(int queue, int place, int count, long due) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO goose_job (queue, id, place, lane, seq, due, envelope) SELECT " + queue
                    + ", '" + place + "-" + due + "-' || x, " + place + ", 2, x, " + due
                    + ", X'00' FROM SYSTEM_RANGE(1, " + count + ")");
        }
    }

    private int count(int queue) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SELECT COUNT(*) FROM goose_job WHERE queue = " + queue)) {
            result.next();
            return result.getInt(1);
        }
    }

    @Test
    void oldOnesAreForgottenOnceAMinute_andNothingElse() throws SQLException {
        long fresh = System.currentTimeMillis() - 60_000;
        tombstones.forgetOld();
        for (int place = Rows.WAITING; place <= Rows.NOTED; place++) {
            add(1, place, 2, 1);
            add(1, place, 1, fresh);
        }
        add(1, Rows.GONE, 2 * CHUNK, 2);
        int before = count(1);

        tombstones.forgetOld();
        assertThat(count(1)).isEqualTo(before);

        nanos.addAndGet(Duration.ofSeconds(61).toNanos());
        tombstones.forgetOld();
        assertThat(count(1)).isEqualTo(before - 2 * CHUNK - 4);
    }

    @Test
    void many_areForgottenInSeveralSweeps_soThatNoneTakesLong_andNoQueueWaitsForAnother() throws SQLException {
        add(1, Rows.GONE, 3 * CHUNK, 1);
        add(2, Rows.GONE, 1, 1);
        stepNanos.set(Duration.ofMillis(200).toNanos()); // three parts in each
        List<List<Integer>> left = new ArrayList<>();
        for (int sweep = 0; sweep < 3; sweep++) {
            tombstones.forgetOld();
            left.add(List.of(count(1), count(2)));
        }

        // The first has both places of the one queue and the one of the other.
        assertThat(left).containsExactly(List.of(2 * CHUNK, 0), List.of(0, 0), List.of(0, 0));
    }
}
