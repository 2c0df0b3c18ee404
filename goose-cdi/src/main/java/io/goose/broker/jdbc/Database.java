package io.goose.broker.jdbc;

import io.goose.GooseException;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Runs our transactions: each on a connection of its own, committed when it returns, repeated when the database chose it as
 * the victim of a deadlock. Looks the database over before the first. Thread-safe.
 */
final class Database {

    private static final System.Logger LOG = System.getLogger(Database.class.getPackageName());

    /** The state of a failure after which a transaction is run again from its beginning; also the databases' own. */
    static final String BEGIN_AGAIN = "40001";

    /** Serialisation failure, deadlock (both standard and PostgreSQL's). */
    private static final Set<String> AGAIN = Set.of(BEGIN_AGAIN, "40P01");

    /** In the words of H2 and PostgreSQL. */
    private static final Set<String> WAITED_TOO_LONG = Set.of("HYT00", "55P03");

    private static final int MARIADB_LOCK_TIMEOUT = 1205;

    private static final int MOST_TRIES = 20;

    /** Who waits a second time in vain waits for somebody that hangs; a caller, or a heart, must not wait as long. */
    private static final int MOST_WAITS = 2;

    /** How long a caller's transaction may wait for another one that has not ended. */
    private static final int LONGEST_WAIT_SECONDS = 10;

    private static final long LONGEST_PAUSE_MILLIS = 20;

    private final DataSource source;
    private final Preparation preparation;
    private volatile @Nullable Prepared prepared;
    private volatile boolean closed;

    /**
     * @param where what to call the database until it has been asked
     */
    Database(DataSource source, JdbcSettings settings, String where) {
        this.source = source;
        this.preparation = new Preparation(source, settings, where);
    }

    /**
     * What is known of the database once it was looked over.
     *
     * @param setsIsolation whether connections come with another isolation than we need
     * @param setsLockTimeout whether connections wait for locks for too long, and it is they that must be told
     * @param where what it is and where, with no credentials
     */
    record Prepared(Tables tables, boolean setsIsolation, boolean setsLockTimeout, String where) {}

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

    String where() {
        Prepared known = prepared;
        return known == null ? preparation.where() : known.where();
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
        int waits = 0;
        for (int tried = 1; ; tried++) {
            Transaction transaction = null;
            Prepared ready = null;
            try {
                ready = prepare();
                transaction = new Transaction(source.getConnection(), ready);
                return transaction.run(work);
            } catch (SQLException failed) {
                boolean waited = hasWaitedTooLong(failed);
                boolean givenUp = waited || isVictim(failed);
                waits += waited ? 1 : 0;
                if (givenUp && tried < MOST_TRIES && waits < MOST_WAITS) {
                    pause(tried); // rolled back as a whole
                    continue;
                }
                boolean maybeDone = transaction != null && transaction.committing && !givenUp;
                throw new Unfinished(
                        maybeDone,
                        ready != null && transaction == null
                                ? JdbcFault.noConnection(what, where(), failed)
                                : JdbcFault.of(what, where(), failed));
            } catch (GooseException refused) {
                throw new Unfinished(false, refused);
            }
        }
    }

    /**
     * Runs {@code work} once on a connection that the data source enlists in the transaction of the calling thread, which its
     * owner ends. The database must have been used before: looking it over is no part of that transaction.
     *
     * @param limited whether its statements are given up after {@link #LONGEST_WAIT_SECONDS}
     * @throws GooseException if it failed
     */
    <T> T inCallersTransaction(String what, boolean limited, Work<T> work) {
        Prepared ready = prepared;
        if (ready == null) {
            throw new IllegalStateException("the database was not looked over before it was used in a transaction");
        }
        try {
            if (closed) {
                throw closed();
            }
            try (Connection connection = source.getConnection()) {
                return work.on(new Statements(connection, ready.tables(), limited ? LONGEST_WAIT_SECONDS : 0));
            }
        } catch (SQLException failed) {
            throw JdbcFault.inCallersTransaction(what, where(), failed);
        }
    }

    private static SQLException closed() {
        return new SQLException("the broker is closed", "08003");
    }

    private Prepared prepare() throws SQLException {
        if (closed) {
            throw closed();
        }
        Prepared ready = prepared;
        if (ready == null) {
            ready = preparation.prepare();
            prepared = ready;
        }
        return ready;
    }

    /** One transaction and its connection, which is given back as it was. */
    private static final class Transaction {
        private final Connection connection;
        private final Prepared ready;
        private int isolation = Connection.TRANSACTION_NONE; // what to set again; none if nothing was changed
        private int lockTimeoutMillis = -1; // the same; negative if nothing was changed
        private boolean autoCommit = true; // as it came
        private boolean committing;

        Transaction(Connection connection, Prepared ready) {
            this.connection = connection;
            this.ready = ready;
        }

        <T> T run(Work<T> work) throws SQLException {
            boolean done = false;
            try {
                begin();
                T result = work.on(new Statements(connection, ready.tables()));
                committing = true;
                connection.commit();
                done = true;
                return result;
            } finally {
                end(done);
            }
        }

        private void begin() throws SQLException {
            autoCommit = connection.getAutoCommit();
            if (ready.setsLockTimeout()) {
                lockTimeoutMillis = Preparation.lockTimeoutMillis(connection);
                setLockTimeout(Math.min(lockTimeoutMillis, Dialect.LONGEST_LOCK_WAIT_MILLIS));
            }
            if (!ready.setsIsolation()) {
                connection.setAutoCommit(false);
            } else if (ready.tables().dialect() == Dialect.MARIADB) {
                connection.setAutoCommit(false);
                try (Statement statement = connection.createStatement()) { // for the next transaction alone
                    statement.execute("SET TRANSACTION ISOLATION LEVEL READ COMMITTED");
                }
            } else {
                isolation = connection.getTransactionIsolation();
                connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
                connection.setAutoCommit(false);
            }
        }

        private void setLockTimeout(int millis) throws SQLException {
            try (Statement statement = connection.createStatement()) {
                statement.execute("SET LOCK_TIMEOUT " + millis);
            }
        }

        /** What fails here changes nothing about the work: it is committed, or its failure is on its way. */
        private void end(boolean done) {
            try (connection) {
                if (!done) {
                    connection.rollback();
                }
                connection.setAutoCommit(autoCommit);
                if (isolation != Connection.TRANSACTION_NONE) {
                    connection.setTransactionIsolation(isolation);
                }
                if (lockTimeoutMillis >= 0) {
                    setLockTimeout(lockTimeoutMillis);
                }
            } catch (SQLException broken) {
                LOG.log(Level.DEBUG, "a connection could not be given back in order", broken);
            }
        }
    }

    private static void pause(int tried) {
        long most = Math.min(LONGEST_PAUSE_MILLIS, 1L << tried);
        LockSupport.parkNanos(
                TimeUnit.MILLISECONDS.toNanos(ThreadLocalRandom.current().nextLong(most)));
    }

    /** Whether it was given up for another transaction's sake, as the victim of a deadlock. */
    static boolean isVictim(SQLException failed) {
        return any(failed, each -> AGAIN.contains(String.valueOf(each.getSQLState())));
    }

    /** Whether it was given up because another transaction kept a lock. */
    static boolean hasWaitedTooLong(SQLException failed) {
        return any(
                failed,
                each -> WAITED_TOO_LONG.contains(String.valueOf(each.getSQLState()))
                        || each.getErrorCode() == MARIADB_LOCK_TIMEOUT);
    }

    private static boolean any(SQLException failed, Predicate<SQLException> is) {
        for (SQLException each = failed; each != null; each = each.getNextException()) {
            if (is.test(each)) {
                return true;
            }
        }
        return false;
    }

    /** Whether it is a PostgreSQL; false until it was asked. */
    boolean isPostgreSql() {
        Prepared known = prepared;
        return known != null && known.tables().dialect() == Dialect.POSTGRESQL;
    }

    DataSource source() {
        return source;
    }

    void close() {
        closed = true;
    }
}
