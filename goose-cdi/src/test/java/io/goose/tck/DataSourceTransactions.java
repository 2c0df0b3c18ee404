package io.goose.tck;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import javax.sql.DataSource;

/**
 * Transactions of one data source, without a transaction manager: what asks it for a connection on a thread with a transaction
 * gets the connection of that. Thread-safe.
 */
public final class DataSourceTransactions implements TransactionsUnderTest {

    private static final Set<String> CONTROL = Set.of("commit", "rollback", "setAutoCommit", "setSavepoint");

    private final DataSource real;
    private final DataSource seen;

    @SuppressWarnings("ThreadLocalUsage") // one for each data source; gone at the end of each transaction
    private final ThreadLocal<Connection> open = new ThreadLocal<>();

    /**
     * @param real where connections come from
     */
    public DataSourceTransactions(DataSource real) {
        this.real = real;
        this.seen = proxy(DataSource.class, real, "getConnection");
    }

    /** The data source for the broker. */
    public DataSource dataSource() {
        return seen;
    }

    @Override
    public void begin() {
        if (open.get() != null) {
            throw new IllegalStateException("the thread has a transaction");
        }
        try {
            Connection connection = real.getConnection();
            connection.setAutoCommit(false);
            open.set(connection);
        } catch (SQLException failed) {
            throw new IllegalStateException(failed);
        }
    }

    @Override
    public void commit() {
        end(Connection::commit);
    }

    @Override
    public void rollback() {
        end(Connection::rollback);
    }

    @FunctionalInterface
    private interface Ending {
        void end(Connection connection) throws SQLException;
    }

    private void end(Ending ending) {
        try (Connection connection = open.get()) {
            open.remove();
            ending.end(connection);
            connection.setAutoCommit(true);
        } catch (SQLException failed) {
            throw new IllegalStateException(failed);
        }
    }

    /** As containers give it out: its transaction is not for the application to end, and closing it gives it back. */
    private <T> T proxy(Class<T> type, T target, String special) {
        return type.cast(Proxy.newProxyInstance(
                DataSourceTransactions.class.getClassLoader(), new Class<?>[] {type}, (self, method, args) -> {
                    if (CONTROL.contains(method.getName())) {
                        throw new SQLException(method.getName() + " is not allowed in a transaction of the container");
                    }
                    boolean isSpecial = method.getName().equals(special);
                    if (isSpecial && type == Connection.class) {
                        return null;
                    }
                    Connection connection = open.get();
                    if (isSpecial && connection != null) {
                        return proxy(Connection.class, connection, "close");
                    }
                    try {
                        return method.invoke(target, args);
                    } catch (InvocationTargetException thrown) {
                        throw thrown.getCause();
                    }
                }));
    }
}
