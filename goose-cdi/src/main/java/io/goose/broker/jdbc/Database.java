package io.goose.broker.jdbc;

import io.goose.GooseException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import javax.sql.DataSource;

/**
 * Runs our transactions: each on a connection of its own, committed when it returns, repeated when the database chose it as
 * the victim of a deadlock. Thread-safe.
 */
final class Database {

    /** Serialisation failure, deadlock (both standard and of each product), lock timeout of H2. */
    private static final Set<String> AGAIN = Set.of("40001", "40P01", "HYT00");

    private static final int MOST_TRIES = 20;

    private final DataSource source;
    private final Tables tables;
    private final String where;
    private volatile boolean closed;

    Database(DataSource source, Tables tables, String where) {
        this.source = source;
        this.tables = tables;
        this.where = where;
    }

    /** What is done in a transaction; it may be run again after a rollback. */
    @FunctionalInterface
    interface Work<T> {
        T on(Statements statements) throws SQLException;
    }

    /** Why a transaction was not seen to commit. */
    static final class Unfinished extends Exception {
        private static final long serialVersionUID = 1L;

        private final boolean maybeDone;
        private final transient GooseException reason;

        private Unfinished(boolean maybeDone, GooseException reason) {
            super(reason);
            this.maybeDone = maybeDone;
            this.reason = reason;
        }

        /** Whether it may have been committed all the same. */
        boolean maybeDone() {
            return maybeDone;
        }

        GooseException reason() {
            return reason;
        }
    }

    Tables tables() {
        return tables;
    }

    String where() {
        return where;
    }

    /**
     * Runs {@code work} in a transaction of its own.
     *
     * @throws GooseException if it was not seen to commit
     */
    <T> T inTransaction(String what, Work<T> work) {
        try {
            return attempt(what, work);
        } catch (Unfinished unfinished) {
            throw unfinished.reason();
        }
    }

    /** The same, for callers who must know whether it may have been done. */
    <T> T attempt(String what, Work<T> work) throws Unfinished {
        for (int tried = 1; ; tried++) {
            boolean committing = false;
            try (Connection connection = connect()) {
                Statements statements = begin(connection);
                boolean done = false;
                try {
                    T result = work.on(statements);
                    committing = true;
                    connection.commit();
                    done = true;
                    return result;
                } finally {
                    end(connection, done);
                }
            } catch (SQLException failed) {
                if (tried < MOST_TRIES && isVictim(failed)) {
                    continue; // rolled back as a whole
                }
                throw new Unfinished(committing && !isVictim(failed), JdbcFault.of(what, where, failed));
            }
        }
    }

    private Connection connect() throws SQLException {
        if (closed) {
            throw new SQLException("the broker is closed", "08003");
        }
        return source.getConnection();
    }

    private Statements begin(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        if (connection.getTransactionIsolation() != Connection.TRANSACTION_READ_COMMITTED) {
            connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
        }
        return new Statements(connection, tables);
    }

    private static void end(Connection connection, boolean done) throws SQLException {
        if (!done) {
            connection.rollback();
        }
        connection.setAutoCommit(true);
    }

    private static boolean isVictim(SQLException failed) {
        for (SQLException each = failed; each != null; each = each.getNextException()) {
            if (each.getSQLState() != null && AGAIN.contains(each.getSQLState())) {
                return true;
            }
        }
        return false;
    }

    void close() {
        closed = true;
    }

    boolean isClosed() {
        return closed;
    }
}
