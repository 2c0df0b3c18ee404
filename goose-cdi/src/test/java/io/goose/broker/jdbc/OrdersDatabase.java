package io.goose.broker.jdbc;

import io.goose.JobFailureHandler;
import io.goose.JobRun;
import io.goose.engine.TestEngine;
import io.goose.tck.BrokerUnderTest;
import io.goose.transaction.EnlistingDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** A database with a table of orders that jobs write, and the failures of those jobs. Its connections join transactions. */
final class OrdersDatabase implements AutoCloseable {

    private static final AtomicInteger NUMBERS = new AtomicInteger();

    private final EnlistingDataSource source;
    private final BlockingQueue<Throwable> failures = new LinkedBlockingQueue<>();

    OrdersDatabase() throws SQLException {
        source = new EnlistingDataSource("orders" + NUMBERS.incrementAndGet());
        execute("CREATE TABLE orders (id INTEGER)");
    }

    void execute(String sql) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** An engine whose broker is in this database, and which tells it of failures. */
    TestEngine.Builder engine() {
        return TestEngine.on(JdbcUnderTest.connect(source, Map.of(), BrokerUnderTest.STANDARD_DEAD))
                .failureHandler(new JobFailureHandler() {
                    @Override
                    public void onError(JobRun run, Throwable failure) {
                        failures.add(failure);
                    }

                    @Override
                    public void onDeath(JobRun run, Throwable failure) {
                        failures.add(failure);
                    }
                });
    }

    /** Writes an order; its id. */
    Object add(int id) throws SQLException {
        execute("INSERT INTO orders VALUES (" + id + ")");
        return id;
    }

    /** Of the orders that are there, sorted. */
    List<Integer> ids() {
        List<Integer> all = new ArrayList<>();
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement();
                var result = statement.executeQuery("SELECT id FROM orders ORDER BY id")) {
            while (result.next()) {
                all.add(result.getInt(1));
            }
        } catch (SQLException failed) {
            throw new IllegalStateException(failed);
        }
        return all;
    }

    /** What the failure handlers were told, in order. */
    BlockingQueue<Throwable> failures() {
        return failures;
    }

    @Override
    public void close() throws SQLException {
        source.close();
    }
}
