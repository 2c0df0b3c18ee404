package io.goose.broker.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.job.QueuedJob;
import io.goose.spi.Broker;
import io.goose.spi.SendResult;
import io.goose.tck.TestJobs;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.Test;

/** A pool whose connections do not commit by themselves, and roll back what was not committed when they come back. */
final class AutoCommitOffTest {

    private final Queue<Boolean> cameBackOn = new ConcurrentLinkedQueue<>();

    private DataSource off(DataSource real) {
        return (DataSource) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {DataSource.class}, (self, method, arguments) -> {
                    Object result = method.invoke(real, arguments);
                    if (result instanceof Connection connection) {
                        connection.setAutoCommit(false);
                        return off(connection);
                    }
                    return result;
                });
    }

    private Connection off(Connection real) {
        return (Connection) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Connection.class}, (self, method, arguments) -> {
                    if (method.getName().equals("close")) {
                        cameBackOn.add(real.getAutoCommit());
                        real.rollback();
                        real.setAutoCommit(true);
                    }
                    try {
                        return method.invoke(real, arguments);
                    } catch (InvocationTargetException thrown) {
                        throw thrown.getCause();
                    }
                });
    }

    @Test
    void theTablesAreMade_andConnectionsGoBackAsTheyCame() {
        JdbcConnectionPool pool = JdbcUnderTest.pool();
        QueuedJob job = TestJobs.job("a");
        try (Broker broker =
                JdbcUnderTest.connect(off(pool), Map.of("schema", "create"), JdbcUnderTest.STANDARD_DEAD)) {
            assertThat(broker.send(List.of(job)).toCompletableFuture().join())
                    .containsExactly(SendResult.Accepted.INSTANCE);
            assertThat(broker.find("a", job.id())).isPresent();
        } finally {
            pool.dispose();
        }
        assertThat(cameBackOn).isNotEmpty().containsOnly(false);
    }
}
