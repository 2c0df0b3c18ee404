package io.goose.broker.jdbc;

import io.goose.BrokerRefusedException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Makes the tables from the files of this package, which are named as Flyway names them: each file once, in order, under a
 * lock, so that several processes may start together. What a file makes it makes only if it is not there, so that one that
 * stopped half-way is repeated.
 */
final class SchemaRunner {

    private static final List<String> FILES = List.of(
            "V1__jobs.sql",
            "V2__cron.sql",
            "V3__cancel.sql",
            "V4__batch.sql",
            "V5__unique.sql",
            "V6__limits.sql",
            "V7__limited_claims.sql");

    private final DataSource source;
    private final Tables tables;
    private final String barePrefix;

    /**
     * @param barePrefix of each table's name, without the schema
     */
    SchemaRunner(DataSource source, Tables tables, String barePrefix) {
        this.source = source;
        this.tables = tables;
        this.barePrefix = barePrefix;
    }

    /** Makes what is missing. The lock needs a connection of its own: on most databases making a table is a commit. */
    void create() throws SQLException {
        try (Connection lock = source.getConnection();
                Connection work = source.getConnection()) {
            boolean lockCommits = lock.getAutoCommit();
            boolean workCommits = work.getAutoCommit(); // a pool may have it off
            work.setAutoCommit(true);
            try {
                makeHistory(work);
                lock.setAutoCommit(false);
                makeMissing(lock, work);
            } finally {
                work.setAutoCommit(workCommits);
                lock.setAutoCommit(lockCommits);
            }
        }
    }

    private void makeMissing(Connection lock, Connection work) throws SQLException {
        try (Statement locking = lock.createStatement()) {
            locking.execute("SELECT version FROM " + history() + " WHERE version = 0 FOR UPDATE");
            for (int version = newest(work) + 1; version <= FILES.size(); version++) {
                run(work, version);
            }
        } finally {
            lock.rollback();
        }
    }

    /**
     * Compares what is there with what this version needs.
     *
     * @param where what to call the database in a message
     * @throws BrokerRefusedException if they differ
     */
    void validate(String where) throws SQLException {
        try (Connection connection = source.getConnection()) {
            int version;
            try {
                version = newest(connection);
                if (!connection.getAutoCommit()) {
                    connection.rollback(); // looking was a transaction
                }
            } catch (SQLException absent) {
                if (!JdbcFault.isMissingTable(absent)) {
                    throw absent;
                }
                throw refused(
                        where,
                        "has no table " + history(),
                        "run the files in io/goose/broker/jdbc/"
                                + tables.dialect().folder() + " of goose-cdi.jar against it, or set schema=create",
                        absent);
            }
            if (version < FILES.size()) {
                throw refused(
                        where,
                        "has version " + version + " of the tables " + tables.name("") + "*, and version "
                                + FILES.size() + " is needed",
                        "run the later files in io/goose/broker/jdbc/"
                                + tables.dialect().folder() + " of goose-cdi.jar against it, or set schema=create",
                        null);
            }
        }
    }

    private static BrokerRefusedException refused(
            String where, String what, String mend, @Nullable SQLException cause) {
        return new BrokerRefusedException("GOOSE-3042: " + where + " " + what + "; " + mend, cause);
    }

    private String history() {
        return tables.name("schema");
    }

    private void makeHistory(Connection work) throws SQLException {
        try (Statement statement = work.createStatement()) {
            try {
                statement.execute(
                        "CREATE TABLE IF NOT EXISTS " + history() + " (version INTEGER NOT NULL PRIMARY KEY)");
            } catch (SQLException raced) { // PostgreSQL, when two do it at the same time
                if (!JdbcFault.isDuplicate(raced)) {
                    throw raced;
                }
            }
            try {
                statement.execute("INSERT INTO " + history() + " (version) VALUES (0)");
            } catch (SQLException present) {
                if (!JdbcFault.isDuplicate(present)) {
                    throw present;
                }
            }
        }
    }

    private int newest(Connection work) throws SQLException {
        try (Statement statement = work.createStatement();
                ResultSet result = statement.executeQuery("SELECT MAX(version) FROM " + history())) {
            return result.next() ? result.getInt(1) : 0;
        }
    }

    private void run(Connection work, int version) throws SQLException {
        try (Statement statement = work.createStatement()) {
            for (String sql : statements(FILES.get(version - 1))) {
                statement.execute(sql);
            }
            statement.execute("INSERT INTO " + history() + " (version) VALUES (" + version + ")");
        }
    }

    private List<String> statements(String file) {
        String path = tables.dialect().folder() + "/" + file;
        try (InputStream in = SchemaRunner.class.getResourceAsStream(path)) {
            if (in == null) {
                throw new IllegalStateException("the file " + path + " is missing in this library");
            }
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .replaceAll("(?m)^--.*$", "")
                    .replace("${prefix}", tables.name(""))
                    .replace("${name}", barePrefix);
            List<String> statements = new ArrayList<>();
            for (String sql : text.split(";", -1)) {
                if (!sql.isBlank()) {
                    statements.add(sql.strip());
                }
            }
            return statements;
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
