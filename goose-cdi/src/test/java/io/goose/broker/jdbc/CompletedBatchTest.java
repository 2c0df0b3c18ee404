package io.goose.broker.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.job.BatchId;
import io.goose.job.BatchState;
import io.goose.job.QueuedJob;
import io.goose.spi.BatchLedger.Addition;
import io.goose.spi.BatchLedger.Plan;
import io.goose.spi.Broker;
import io.goose.tck.TestJobs;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is kept of a batch that is completed, for as long as it lingers. */
final class CompletedBatchTest {

    private final JdbcConnectionPool pool = JdbcUnderTest.pool();
    private final Broker broker = JdbcUnderTest.connect(pool, Map.of(), JdbcUnderTest.STANDARD_DEAD);

    @AfterEach
    void close() {
        broker.close();
        pool.dispose();
    }

    private int callbacks() throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT COUNT(*) FROM goose_batch_call")) {
            rows.next();
            return rows.getInt(1);
        }
    }

    @Test
    void callbacks_areNotKeptLongerThanUntilTheyAreEnqueued() throws SQLException {
        BatchId id = BatchId.draw(Instant.now());
        QueuedJob first = TestJobs.job("a");
        Plan plan = new Plan(
                "a",
                Duration.ofHours(1),
                Map.of(
                        BatchState.SUCCESS, List.of(first, TestJobs.job("a")),
                        BatchState.DEAD, List.of(first, TestJobs.job("a"))));
        broker.batches().add(new Addition(id, plan, "1", 0, List.of(), Set.of(), false));
        assertThat(callbacks()).isEqualTo(4);

        broker.batches().add(new Addition(id, plan, "2", 0, List.of(), Set.of(), true));

        assertThat(broker.batches().find(id).orElseThrow().status().state()).isEqualTo(BatchState.SUCCESS);
        assertThat(broker.stats("a").waiting()).isEqualTo(2);
        assertThat(callbacks()).isZero();
    }
}
