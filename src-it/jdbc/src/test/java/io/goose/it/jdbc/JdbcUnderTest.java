package io.goose.it.jdbc;

import io.goose.broker.jdbc.JdbcBrokerFactory;
import io.goose.spi.Broker;
import io.goose.spi.BrokerSettings;
import io.goose.spi.BrokerSettings.DeadRetention;
import io.goose.spi.Capability;
import io.goose.tck.BrokerUnderTest;
import io.goose.tck.DataSourceTransactions;
import io.goose.tck.ReplyCutter;
import io.goose.tck.TransactionsUnderTest;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Brokers in one database, in a namespace that no other test uses. */
final class JdbcUnderTest implements BrokerUnderTest {

    private static final AtomicInteger NAMESPACES = new AtomicInteger();

    private final String namespace = "tck" + NAMESPACES.incrementAndGet();
    private final DataSourceTransactions transactions;
    private final @Nullable ReplyCutter cutter;

    JdbcUnderTest(DataSource source) {
        this(source, null);
    }

    /**
     * @param cutter what can cut the connections of {@code source}
     */
    JdbcUnderTest(DataSource source, @Nullable ReplyCutter cutter) {
        this.transactions = new DataSourceTransactions(source);
        this.cutter = cutter;
    }

    @Override
    public Broker connect(DeadRetention dead) {
        return connect(transactions.dataSource(), dead);
    }

    /** A broker with connections of another kind. */
    Broker over(DataSource other) {
        return connect(other, STANDARD_DEAD);
    }

    private Broker connect(DataSource connections, DeadRetention dead) {
        return JdbcBrokerFactory.of(connections)
                .create(new BrokerSettings("main", namespace, Map.of(), Duration.ofHours(1), dead), (name, body) -> {
                    Thread thread = new Thread(body, name);
                    thread.setDaemon(true);
                    return thread;
                });
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
        return Optional.ofNullable(cutter);
    }

    @Override
    public void close() {
        // the namespace is not used again, and the server ends with the tests
    }
}
