package io.goose.it.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.goose.job.QueuedJob;
import io.goose.spi.Broker;
import io.goose.spi.Lease;
import io.goose.spi.Outcome;
import io.goose.spi.SendResult;
import io.goose.spi.Session;
import io.goose.spi.SessionSpec;
import io.goose.spi.Settlement;
import io.goose.spi.Verdict;
import io.goose.tck.TestJobs;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A pool whose connections do not commit by themselves: the tables are made on it, and a job goes its way. */
final class AutoCommitOffIT {

    @Test
    void onPostgreSql() {
        try (DatabaseSetUp setUp = DatabaseSetUp.postgreSql()) {
            aJobGoesItsWay(setUp);
        }
    }

    @Test
    void onMariaDb() {
        try (DatabaseSetUp setUp = DatabaseSetUp.mariaDb()) {
            aJobGoesItsWay(setUp);
        }
    }

    private static void aJobGoesItsWay(DatabaseSetUp setUp) {
        HikariConfig config = new HikariConfig();
        setUp.pool().copyStateTo(config);
        config.setAutoCommit(false);
        QueuedJob job = TestJobs.job("a");
        try (HikariDataSource pool = new HikariDataSource(config);
                Broker broker = new JdbcUnderTest(pool).connect();
                Session session = broker.open(new SessionSpec(
                        List.of("a"), 1, 1, Set.of(), Duration.ofSeconds(30), Duration.ofSeconds(5), "test"))) {
            assertThat(broker.send(List.of(job)).toCompletableFuture().join())
                    .containsExactly(SendResult.Accepted.INSTANCE);
            Lease lease = session.lease("a", 1, 1000).leases().get(0);
            assertThat(lease.job().id()).isEqualTo(job.id());
            session.renew();
            session.sweep();
            assertThat(session.settle(List.of(Settlement.of(lease, Outcome.Done.INSTANCE))))
                    .containsExactly(Verdict.APPLIED);
        }
    }
}
