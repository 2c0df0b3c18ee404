package io.goose.broker.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.goose.BrokerUnavailableException;
import io.goose.spi.Broker;
import io.goose.spi.Lease;
import io.goose.spi.Outcome;
import io.goose.spi.Session;
import io.goose.spi.SessionSpec;
import io.goose.spi.Settlement;
import io.goose.spi.Verdict;
import io.goose.tck.ReplyCutter;
import io.goose.tck.TestJobs;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A settle of several queues whose answer is lost, asked again for one queue at a time, as the contract of a session allows. */
final class SettleInPartsTest {

    private final JdbcConnectionPool pool = JdbcUnderTest.pool();
    private final CuttingDataSource cutting = new CuttingDataSource(pool);
    private final Broker broker = JdbcUnderTest.connect(cutting.dataSource(), Map.of(), JdbcUnderTest.STANDARD_DEAD);
    private final Session session = broker.open(
            new SessionSpec(List.of("a", "b"), 1, 1, Set.of(), Duration.ofSeconds(30), Duration.ofSeconds(5), "test"));

    @AfterEach
    void close() {
        session.close();
        broker.close();
        pool.dispose();
    }

    @Test
    void eachPart_getsItsFirstAnswers() {
        Settlement a = done("a");
        Settlement b = done("b");
        Settlement late = done("b");
        cutting.cutNextReply(ReplyCutter.Request.SETTLE);
        assertThatThrownBy(() -> session.settle(List.of(a, b))).isInstanceOf(BrokerUnavailableException.class);

        assertThat(session.settle(List.of(b, late))).containsExactly(Verdict.APPLIED, Verdict.APPLIED);
        assertThat(session.settle(List.of(a))).containsExactly(Verdict.APPLIED);
        assertThat(session.settle(List.of(a))).as("for the second time").containsExactly(Verdict.STALE);
    }

    @Test
    void aPartWhoseAnswerIsLostToo_isAskedAgain() {
        Settlement a = done("a");
        Settlement b = done("b");
        for (List<Settlement> lost : List.of(List.of(a, b), List.of(a))) {
            cutting.cutNextReply(ReplyCutter.Request.SETTLE);
            assertThatThrownBy(() -> session.settle(lost)).isInstanceOf(BrokerUnavailableException.class);
        }

        assertThat(session.settle(List.of(a))).containsExactly(Verdict.APPLIED);
        assertThat(session.settle(List.of(b))).containsExactly(Verdict.APPLIED);
    }

    @Test
    void answersAreKeptNoLongerThanTheyCanBeAskedFor() throws SQLException {
        for (int i = 0; i < 20; i++) {
            Settlement settlement = done("a");
            if (i % 5 == 0) {
                cutting.cutNextReply(ReplyCutter.Request.SETTLE);
                assertThatThrownBy(() -> session.settle(List.of(settlement)))
                        .isInstanceOf(BrokerUnavailableException.class);
            }
            session.settle(List.of(settlement));
        }

        assertThat(rows()).isLessThanOrEqualTo(2);
    }

    private Settlement done(String queue) {
        broker.send(List.of(TestJobs.job(queue))).toCompletableFuture().join();
        List<Lease> leases = session.lease(queue, 1, 1000).leases();
        assertThat(leases).hasSize(1);
        return Settlement.of(leases.get(0), Outcome.Done.INSTANCE);
    }

    private int rows() throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet count = statement.executeQuery("SELECT COUNT(*) FROM goose_settled")) {
            count.next();
            return count.getInt(1);
        }
    }
}
