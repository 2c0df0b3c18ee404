package io.goose.broker.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.goose.BrokerUnavailableException;
import io.goose.job.QueuedJob;
import io.goose.spi.Broker;
import io.goose.tck.TestJobs;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.Test;

/** Locks that somebody else does not let go. */
final class LockWaitTest {

    private static final AtomicInteger NUMBERS = new AtomicInteger();

    private final AtomicInteger connections = new AtomicInteger();

    private static JdbcConnectionPool pool(int lockTimeoutMillis) {
        return JdbcConnectionPool.create(
                "jdbc:h2:mem:locks" + NUMBERS.incrementAndGet() + ";LOCK_TIMEOUT=" + lockTimeoutMillis, "sa", "");
    }

    private DataSource counting(DataSource real) {
        return (DataSource) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {DataSource.class}, (self, method, arguments) -> {
                    connections.incrementAndGet();
                    try {
                        return method.invoke(real, arguments);
                    } catch (InvocationTargetException thrown) {
                        throw thrown.getCause();
                    }
                });
    }

    @Test
    void aLockThatIsNotLetGo_isWaitedForTwice_andTheMessageSaysWhatToDo() throws SQLException {
        JdbcConnectionPool pool = pool(100);
        QueuedJob job = TestJobs.job("a");
        try (Broker broker = JdbcUnderTest.connect(counting(pool), Map.of(), JdbcUnderTest.STANDARD_DEAD);
                Connection other = pool.getConnection();
                Statement locking = other.createStatement()) {
            broker.send(List.of(job)).toCompletableFuture().join();
            other.setAutoCommit(false);
            locking.execute("SELECT id FROM goose_job FOR UPDATE");
            int before = connections.get();

            assertThatThrownBy(() -> broker.delete("a", job.id()))
                    .isInstanceOf(BrokerUnavailableException.class)
                    .hasMessageStartingWith("GOOSE-3070: cannot delete job " + job.id())
                    .hasMessageContaining("caller's own transaction")
                    .hasMessageContaining("call after its end");
            assertThat(connections.get() - before).isEqualTo(2);

            other.rollback();
            assertThat(broker.delete("a", job.id())).isTrue();
        } finally {
            pool.dispose();
        }
    }

    @Test
    void aConnectionThatWaitsForLongerThanSeconds_isToldTo_andGoesBackAsItWas() throws SQLException {
        JdbcConnectionPool pool = pool(60_000);
        Database database = new Database(
                pool,
                JdbcSettings.read(
                        JdbcUnderTest.settings(Map.of(), "goose", JdbcUnderTest.STANDARD_DEAD),
                        true,
                        new ArrayList<>()),
                "the test's");

        long during = database.inTransaction("look", statements -> statements.number("SELECT LOCK_TIMEOUT()"));

        assertThat(during).isEqualTo(5_000);
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet after = statement.executeQuery("SELECT LOCK_TIMEOUT()")) {
            after.next();
            assertThat(after.getInt(1)).isEqualTo(60_000);
        } finally {
            pool.dispose();
        }
    }
}
