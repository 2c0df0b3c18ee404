package io.goose.broker.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.job.JobId;
import io.goose.spi.AskedJobs;
import io.goose.spi.Broker;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The ids that sessions of a transport are asked to cancel. */
final class GuardAskedTest {

    private final JdbcConnectionPool pool = JdbcUnderTest.pool();
    private final Broker broker = JdbcUnderTest.connect(pool, Map.of(), JdbcUnderTest.STANDARD_DEAD);
    private final AskedJobs asked = asked("here");

    private AskedJobs asked(String target) {
        return broker.ledgerFor(target).orElseThrow().asked().orElseThrow();
    }

    @AfterEach
    void close() {
        broker.close();
        pool.dispose();
    }

    @Test
    void anIdIsThereUntilSomebodySeesToIt_forThisLedgerAlone() {
        JobId one = JobId.random();
        JobId other = JobId.random();
        asked.add(one);
        asked.add(one);
        asked.add(other);

        assertThat(asked.all()).containsExactlyInAnyOrder(one, other);
        assertThat(asked("elsewhere").all()).isEmpty();

        asked.remove(List.of(one, JobId.random()));
        assertThat(asked.all()).containsExactly(other);
    }

    @Test
    void afterADayItIsForgotten() throws Exception {
        JobId old = JobId.random();
        asked.add(old);
        asked.add(JobId.random());
        change("UPDATE goose_cancel SET token = token - " + Duration.ofHours(25).toMillis() * 4096 + " WHERE id = '"
                + old + "'");

        assertThat(asked.all()).hasSize(1).doesNotContain(old);
        assertThat(rows()).isEqualTo(2);

        asked.add(JobId.random());
        assertThat(rows()).isEqualTo(2);
    }

    private void change(String sql) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            assertThat(statement.executeUpdate(sql)).isEqualTo(1);
        }
    }

    private int rows() throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT COUNT(*) FROM goose_cancel")) {
            row.next();
            return row.getInt(1);
        }
    }
}
