package io.goose.broker.jdbc;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/**
 * Makes the tables from the files of this package, which are named as Flyway names them: each file once, in order, under a
 * lock, so that several processes may start together.
 */
final class SchemaRunner {

    private static final List<String> FILES = List.of("V1__jobs.sql");
    private static final String DUPLICATE = "23505";

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

    /** Makes what is missing. */
    void create() throws SQLException {
        try (Connection lock = source.getConnection();
                Connection work = source.getConnection()) {
            makeHistory(work);
            lock.setAutoCommit(false);
            try (Statement locking = lock.createStatement()) {
                locking.execute("SELECT version FROM " + history() + " WHERE version = 0 FOR UPDATE");
                int done = done(work);
                for (int version = done + 1; version <= FILES.size(); version++) {
                    run(work, version);
                }
            } finally {
                lock.rollback();
                lock.setAutoCommit(true);
            }
        }
    }

    private String history() {
        return tables.name("schema");
    }

    private void makeHistory(Connection work) throws SQLException {
        try (Statement statement = work.createStatement()) {
            try {
                statement.execute(
                        "CREATE TABLE IF NOT EXISTS " + history() + " (version INTEGER NOT NULL PRIMARY KEY)");
            } catch (SQLException raced) {
                if (!DUPLICATE.equals(raced.getSQLState())) { // PostgreSQL, when two do it at the same time
                    throw raced;
                }
            }
            try {
                statement.execute("INSERT INTO " + history() + " (version) VALUES (0)");
            } catch (SQLException present) {
                if (!String.valueOf(present.getSQLState()).startsWith("23")) {
                    throw present;
                }
            }
        }
    }

    private int done(Connection work) throws SQLException {
        try (Statement statement = work.createStatement();
                var result = statement.executeQuery("SELECT MAX(version) FROM " + history())) {
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
