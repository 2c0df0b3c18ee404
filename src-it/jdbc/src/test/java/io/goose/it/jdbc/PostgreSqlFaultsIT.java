package io.goose.it.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** What can happen to PostgreSQL. */
final class PostgreSqlFaultsIT extends DatabaseFaults {

    @Override
    DatabaseSetUp setUp() {
        return DatabaseSetUp.postgreSql("deadlock_timeout=2s"); // the one that waits for this long is the victim
    }

    @Override
    void limitStatements(Statement statement, boolean limited) throws SQLException {
        statement.execute("ALTER USER goose SET statement_timeout = " + (limited ? 200 : 0));
    }

    @Override
    void lockJobs(Statement statement) throws SQLException {
        statement.execute("SET statement_timeout = 0");
        statement.getConnection().setAutoCommit(false);
        statement.execute("LOCK TABLE goose_job IN ACCESS EXCLUSIVE MODE");
    }

    @Override
    void unlockJobs(Statement statement) throws SQLException {
        statement.getConnection().rollback();
        statement.getConnection().setAutoCommit(true);
    }

    @Override
    void beginAsTheStronger(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET LOCAL deadlock_timeout = '1h'"); // it does not look itself
        }
    }

    @Override
    String deadlocks() {
        return "SELECT deadlocks FROM pg_stat_database WHERE datname = 'postgres'";
    }

    @Override
    String waits() {
        return "SELECT COUNT(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'";
    }
}
