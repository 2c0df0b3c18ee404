package io.goose.broker.jdbc;

import io.goose.broker.jdbc.Database.Prepared;
import io.goose.broker.jdbc.JdbcSettings.SchemaMode;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.locks.ReentrantLock;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Looks a database over before its first use: which it is, whether it has the tables. Thread-safe. */
final class Preparation {

    private static final System.Logger LOG = System.getLogger(Preparation.class.getPackageName());

    private final DataSource source;
    private final JdbcSettings settings;
    private final String where;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Prepared done; // guarded by lock

    Preparation(DataSource source, JdbcSettings settings, String where) {
        this.source = source;
        this.settings = settings;
        this.where = where;
    }

    /** What to call the database until it has been asked. */
    String where() {
        return where;
    }

    /**
     * Looks it over; the first caller does, the others wait.
     *
     * @throws SQLException if it cannot be reached
     * @throws io.goose.BrokerRefusedException if it is not one that can be used
     */
    Prepared prepare() throws SQLException {
        lock.lock();
        try {
            Prepared known = done;
            if (known == null) {
                known = look();
                done = known;
            }
            return known;
        } finally {
            lock.unlock();
        }
    }

    private Prepared look() throws SQLException {
        Prepared found = ask();
        SchemaRunner schema = new SchemaRunner(source, found.tables(), settings.tablePrefix());
        if (settings.schemaMode() == SchemaMode.CREATE) {
            schema.create();
        }
        if (settings.schemaMode() != SchemaMode.NONE) {
            schema.validate(found.where());
        }
        LOG.log(
                Level.INFO,
                "GOOSE-3050: jobs are kept in {0}, tables {1}*",
                found.where(),
                found.tables().name(""));
        return found;
    }

    private Prepared ask() throws SQLException {
        try (Connection connection = source.getConnection()) {
            DatabaseMetaData about = connection.getMetaData();
            Dialect dialect = Dialect.of(
                    about.getDatabaseProductName(), about.getDatabaseMajorVersion(), about.getDatabaseMinorVersion());
            String url = String.valueOf(about.getURL());
            boolean setsLockTimeout =
                    dialect == Dialect.H2 && lockTimeoutMillis(connection) > Dialect.LONGEST_LOCK_WAIT_MILLIS;
            if (url.startsWith("jdbc:h2:mem:")) {
                LOG.log(
                        Level.WARNING,
                        "GOOSE-3051: {0} keeps its data in memory ({1}): jobs are not durable, they are lost when it"
                                + " stops; use a database with files",
                        where,
                        bare(url));
            }
            return new Prepared(
                    new Tables(settings.dbSchema(), settings.tablePrefix(), dialect),
                    connection.getTransactionIsolation() != Connection.TRANSACTION_READ_COMMITTED,
                    setsLockTimeout,
                    about.getDatabaseProductName() + " " + about.getDatabaseProductVersion() + " at " + bare(url) + " ("
                            + where + ")");
        }
    }

    /** How long statements of a connection to H2 wait for locks. */
    static int lockTimeoutMillis(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("SELECT LOCK_TIMEOUT()")) {
            return result.next() ? result.getInt(1) : 0;
        }
    }

    /** Without parameters, which may hold credentials; some drivers take them before an @ too. */
    private static String bare(String url) {
        return url.replaceFirst("[?;].*$", "").replaceFirst("//[^/]*@", "//");
    }
}
