package io.goose.it.chaos;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import jakarta.transaction.RollbackException;
import jakarta.transaction.Synchronization;
import jakarta.transaction.SystemException;
import jakarta.transaction.Transaction;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A data source as a container has it that is not XA: in a transaction its one connection is part of it, and is committed with
 * it in one phase. Outside it is a pool. Thread-safe.
 */
final class EnlistingPool implements DataSource, AutoCloseable {

    private static final Set<String> NOT_THE_APPLICATIONS =
            Set.of("commit", "rollback", "setAutoCommit", "setSavepoint");

    private final HikariDataSource pool;
    private final Watch watch;
    private final Map<Transaction, Connection> enlisted = new ConcurrentHashMap<>();

    EnlistingPool(String url, String user, int size, Watch watch) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setUsername(user);
        config.setPassword(user);
        config.setMaximumPoolSize(size);
        config.setMinimumIdle(2);
        this.pool = new HikariDataSource(config);
        this.watch = watch;
    }

    @Override
    public Connection getConnection() throws SQLException {
        try {
            Transaction transaction = Jta.MANAGER.getTransaction();
            if (transaction == null) {
                return watch.over(pool.getConnection());
            }
            Connection present = enlisted.get(transaction);
            return present != null ? present : enlist(transaction);
        } catch (SystemException | RollbackException refused) {
            throw new SQLException("the connection cannot be enlisted: " + refused, refused);
        }
    }

    private Connection enlist(Transaction transaction) throws SQLException, SystemException, RollbackException {
        Connection connection = watch.over(pool.getConnection());
        connection.setAutoCommit(false);
        transaction.enlistResource(new OnePhaseResource(connection));
        transaction.registerSynchronization(new Synchronization() {
            @Override
            public void beforeCompletion() {
                // The connection is used until then.
            }

            @Override
            public void afterCompletion(int status) {
                enlisted.remove(transaction);
                try {
                    connection.close();
                } catch (SQLException unclean) {
                    throw new IllegalStateException(unclean);
                }
            }
        });
        Connection lent = lent(connection);
        enlisted.put(transaction, lent);
        return lent;
    }

    /** Its transaction is not for the application to end, and closing it gives it back. */
    private static Connection lent(Connection connection) {
        return (Connection) Watch.proxy(Connection.class, (method, arguments) -> {
            if (NOT_THE_APPLICATIONS.contains(method.getName())) {
                throw new SQLException(method.getName() + " is not allowed in a transaction of the container");
            }
            return method.getName().equals("close") ? null : Watch.invoke(connection, method, arguments);
        });
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        throw new SQLFeatureNotSupportedException();
    }

    @Override
    public @Nullable PrintWriter getLogWriter() throws SQLException {
        return pool.getLogWriter();
    }

    @Override
    public void setLogWriter(@Nullable PrintWriter out) throws SQLException {
        pool.setLogWriter(out);
    }

    @Override
    public void setLoginTimeout(int seconds) throws SQLException {
        pool.setLoginTimeout(seconds);
    }

    @Override
    public int getLoginTimeout() throws SQLException {
        return pool.getLoginTimeout();
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        return pool.getParentLogger();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        return pool.unwrap(type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) throws SQLException {
        return pool.isWrapperFor(type);
    }

    @Override
    public void close() {
        pool.close();
    }
}
