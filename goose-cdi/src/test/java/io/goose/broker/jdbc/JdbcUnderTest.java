package io.goose.broker.jdbc;

import io.goose.spi.Broker;
import io.goose.spi.BrokerSettings;
import io.goose.spi.BrokerSettings.DeadRetention;
import io.goose.spi.Capability;
import io.goose.tck.BrokerUnderTest;
import java.sql.SQLException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.h2.jdbcx.JdbcConnectionPool;

/** A broker on an H2 of its own, in memory. */
final class JdbcUnderTest implements BrokerUnderTest {

    private static final AtomicInteger NUMBERS = new AtomicInteger();

    private final JdbcConnectionPool pool =
            JdbcConnectionPool.create("jdbc:h2:mem:tck" + NUMBERS.incrementAndGet() + ";LOCK_TIMEOUT=2000", "sa", "");

    JdbcUnderTest() {
        pool.setMaxConnections(30);
        Tables tables = new Tables("", "goose_", Dialect.H2);
        try {
            new SchemaRunner(pool, tables, "goose_").create();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public Broker connect(DeadRetention dead) {
        return new JdbcBroker(
                new BrokerSettings("tck", "goose", Map.of(), Duration.ofHours(1), dead),
                new Database(pool, new Tables("", "goose_", Dialect.H2), "H2"));
    }

    @Override
    public Set<Capability> capabilities() {
        return EnumSet.of(
                Capability.DELAY,
                Capability.SCHEDULED_LIST,
                Capability.WAITING_LIST,
                Capability.WAITING_FIND,
                Capability.WAITING_DELETE,
                Capability.PAUSE,
                Capability.HANDLER_ROUTING);
    }

    @Override
    public void close() {
        pool.dispose();
    }
}
