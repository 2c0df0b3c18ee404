package io.goose.transaction;

import jakarta.transaction.RollbackException;
import jakarta.transaction.Synchronization;
import jakarta.transaction.SystemException;
import jakarta.transaction.Transaction;
import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Logger;
import javax.sql.DataSource;
import javax.sql.XAConnection;
import org.h2.jdbcx.JdbcDataSource;
import org.jspecify.annotations.Nullable;

/** A data source as a container has it, over a database of its own in memory: in a transaction its connections are part of it. */
public final class EnlistingDataSource implements DataSource, AutoCloseable {

    private static final Set<String> CONTROL = Set.of("commit", "rollback", "setAutoCommit", "setSavepoint");

    private final JdbcDataSource database = new JdbcDataSource();
    private final Map<Transaction, Connection> enlisted = new ConcurrentHashMap<>();
    private final Connection keepsAlive;

    /**
     * @param name of the database
     */
    public EnlistingDataSource(String name) throws SQLException {
        this(name, Duration.ofMillis(300));
    }

    /**
     * @param name of the database
     * @param lockWait how long a statement waits for a lock
     */
    public EnlistingDataSource(String name, Duration lockWait) throws SQLException {
        database.setURL("jdbc:h2:mem:" + name + ";LOCK_TIMEOUT=" + lockWait.toMillis());
        database.setUser("sa");
        keepsAlive = database.getConnection();
    }

    @Override
    public Connection getConnection() throws SQLException {
        try {
            Transaction transaction = TestTransactions.transactionManager().getTransaction();
            if (transaction == null) {
                return database.getConnection();
            }
            Connection present = enlisted.get(transaction);
            return present != null ? present : enlist(transaction);
        } catch (SystemException | RollbackException refused) {
            throw new SQLException("the connection cannot be enlisted: " + refused, refused);
        }
    }

    private Connection enlist(Transaction transaction) throws SQLException, SystemException, RollbackException {
        XAConnection physical = database.getXAConnection();
        Connection handle = physical.getConnection();
        transaction.enlistResource(physical.getXAResource());
        Connection guarded = guarded(handle);
        enlisted.put(transaction, guarded);
        transaction.registerSynchronization(new Synchronization() {
            @Override
            public void beforeCompletion() {
                // The connection is used until then.
            }

            @Override
            public void afterCompletion(int status) {
                enlisted.remove(transaction);
                try {
                    physical.close();
                } catch (SQLException unclean) {
                    throw new IllegalStateException(unclean);
                }
            }
        });
        return guarded;
    }

    /** As containers give it out: its transaction is not for the application to end, and closing it gives it back. */
    private static Connection guarded(Connection handle) {
        return (Connection) Proxy.newProxyInstance(
                EnlistingDataSource.class.getClassLoader(), new Class<?>[] {Connection.class}, (self, method, args) -> {
                    if (CONTROL.contains(method.getName())) {
                        throw new SQLException(method.getName() + " is not allowed in a transaction of the container");
                    }
                    if (method.getName().equals("close")) {
                        return null;
                    }
                    try {
                        return method.invoke(handle, args);
                    } catch (InvocationTargetException thrown) {
                        throw thrown.getCause();
                    }
                });
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        return getConnection();
    }

    @Override
    public @Nullable PrintWriter getLogWriter() {
        return null;
    }

    @Override
    public void setLogWriter(@Nullable PrintWriter out) {
        // Nothing is logged.
    }

    @Override
    public void setLoginTimeout(int seconds) {
        // It connects at once.
    }

    @Override
    public int getLoginTimeout() {
        return 0;
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        throw new SQLFeatureNotSupportedException();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        throw new SQLException("wraps nothing");
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return false;
    }

    @Override
    public void close() throws SQLException {
        keepsAlive.close();
    }
}
