package io.goose.broker.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.goose.BrokerRefusedException;
import io.goose.spi.Broker;
import io.goose.spi.Lease;
import io.goose.spi.Outcome;
import io.goose.spi.Session;
import io.goose.spi.SessionSpec;
import io.goose.spi.Settlement;
import io.goose.spi.Verdict;
import io.goose.tck.TestJobs;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A driver that does not say how many rows the statements of a batch changed, as some do when they are told to join them. */
final class UncountedBatchTest {

    private final AtomicBoolean uncounted = new AtomicBoolean();
    private final JdbcConnectionPool pool = JdbcUnderTest.pool();
    private final Broker broker =
            JdbcUnderTest.connect(around(DataSource.class, pool), Map.of(), JdbcUnderTest.STANDARD_DEAD);
    private final Session session = broker.open(
            new SessionSpec(List.of("a"), 2, 2, Set.of(), Duration.ofSeconds(30), Duration.ofSeconds(5), "test"));

    @AfterEach
    void close() {
        session.close();
        broker.close();
        pool.dispose();
    }

    private <T> T around(Class<T> type, Object real) {
        return type.cast(Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
                    Object result;
                    try {
                        result = method.invoke(real, arguments);
                    } catch (InvocationTargetException thrown) {
                        throw thrown.getCause();
                    }
                    if (result instanceof PreparedStatement statement) {
                        return around(PreparedStatement.class, statement);
                    } else if (result instanceof Connection connection
                            && method.getName().equals("getConnection")) {
                        return around(Connection.class, connection);
                    } else if (result instanceof int[] counts && uncounted.get()) {
                        int[] none = new int[counts.length];
                        Arrays.fill(none, Statement.SUCCESS_NO_INFO);
                        return none;
                    }
                    return result;
                }));
    }

    @Test
    void anOutcomeThatCannotBeCounted_isRefused_andCanBeSettledLater() {
        TestJobs.jobs("a", 2)
                .forEach(job -> broker.send(List.of(job)).toCompletableFuture().join());
        List<Lease> leases = session.lease("a", 2, 1 << 20, false).leases();
        assertThat(leases).hasSize(2);
        List<Settlement> snoozed = leases.stream()
                .map(lease -> Settlement.of(lease, new Outcome.Snooze(Duration.ofHours(1))))
                .toList();

        uncounted.set(true);
        assertThatThrownBy(() -> session.settle(snoozed))
                .isInstanceOf(BrokerRefusedException.class)
                .hasMessageStartingWith("GOOSE-3055")
                .hasMessageContaining("rewriteBatchedStatements");
        assertThat(broker.stats("a").running()).isEqualTo(2);

        uncounted.set(false);
        assertThat(session.settle(snoozed)).containsExactly(Verdict.APPLIED, Verdict.APPLIED);
        assertThat(broker.stats("a").scheduled()).isEqualTo(2);
    }
}
