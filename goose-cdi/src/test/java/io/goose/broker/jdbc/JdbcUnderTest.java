package io.goose.broker.jdbc;

import io.goose.spi.Broker;
import io.goose.spi.BrokerSettings;
import io.goose.spi.BrokerSettings.DeadRetention;
import io.goose.spi.Capability;
import io.goose.tck.BrokerUnderTest;
import io.goose.tck.DataSourceTransactions;
import io.goose.tck.ReplyCutter;
import io.goose.tck.TransactionsUnderTest;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcConnectionPool;

/** A broker on an H2 of its own, in memory. */
final class JdbcUnderTest implements BrokerUnderTest {

    private static final AtomicInteger NUMBERS = new AtomicInteger();

    private final JdbcConnectionPool pool = pool();
    private final CuttingDataSource cutting = new CuttingDataSource(pool);
    private final DataSourceTransactions transactions = new DataSourceTransactions(cutting.dataSource());

    /** The same queue is in use in another namespace of the same tables. */
    JdbcUnderTest() {
        try (Broker other =
                JdbcBrokerFactory.of(pool).create(settings(Map.of(), "other", STANDARD_DEAD), JdbcUnderTest::daemon)) {
            other.resume("tck");
        }
    }

    /** Connections to a database that nothing else uses. */
    static JdbcConnectionPool pool() {
        JdbcConnectionPool pool = JdbcConnectionPool.create(
                "jdbc:h2:mem:tck" + NUMBERS.incrementAndGet() + ";LOCK_TIMEOUT=2000;DB_CLOSE_DELAY=-1", "sa", "");
        pool.setMaxConnections(30);
        return pool;
    }

    static Broker connect(DataSource source, Map<String, String> properties, DeadRetention dead) {
        return JdbcBrokerFactory.of(source).create(settings(properties, "goose", dead), JdbcUnderTest::daemon);
    }

    static BrokerSettings settings(Map<String, String> properties, String namespace, DeadRetention dead) {
        return new BrokerSettings("main", namespace, properties, Duration.ofHours(1), dead);
    }

    static Thread daemon(String name, Runnable body) {
        Thread thread = new Thread(body, name);
        thread.setDaemon(true);
        return thread;
    }

    DataSource source() {
        return transactions.dataSource();
    }

    @Override
    public Broker connect(DeadRetention dead) {
        return connect(transactions.dataSource(), Map.of(), dead);
    }

    @Override
    public Set<Capability> capabilities() {
        return EnumSet.of(
                Capability.DELAY,
                Capability.SCHEDULED_LIST,
                Capability.WAITING_LIST,
                Capability.WAITING_FIND,
                Capability.WAITING_DELETE,
                Capability.PRIORITISE,
                Capability.WORKER_LIST,
                Capability.PAUSE,
                Capability.CANCEL,
                Capability.HANDLER_ROUTING,
                Capability.CRON,
                Capability.UNIQUE,
                Capability.BATCH,
                Capability.LIMITS,
                Capability.STATUS,
                Capability.JOINS_TRANSACTION,
                Capability.TRANSACTIONAL_SETTLE);
    }

    @Override
    public Optional<TransactionsUnderTest> transactions() {
        return Optional.of(transactions);
    }

    @Override
    public Optional<ReplyCutter> replyCutter() {
        return Optional.of(cutting);
    }

    @Override
    public void close() {
        try (Connection last = pool.getConnection();
                Statement statement = last.createStatement()) {
            statement.execute("SHUTDOWN");
        } catch (SQLException failed) {
            throw new IllegalStateException(failed);
        } finally {
            pool.dispose();
        }
    }
}
