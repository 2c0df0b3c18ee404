package io.goose.it.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** What can happen to MariaDB. */
final class MariaDbFaultsIT extends DatabaseFaults {

    @Override
    DatabaseSetUp setUp() {
        return DatabaseSetUp.mariaDb();
    }

    @Override
    void limitStatements(Statement statement, boolean limited) throws SQLException {
        statement.execute("SET GLOBAL max_statement_time = " + (limited ? 0.2 : 0));
    }

    @Override
    void lockJobs(Statement statement) throws SQLException {
        statement.execute("LOCK TABLES goose_job WRITE");
    }

    @Override
    void unlockJobs(Statement statement) throws SQLException {
        statement.execute("UNLOCK TABLES");
    }

    /** InnoDB chooses who has changed fewer rows. */
    @Override
    void beginAsTheStronger(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE IF NOT EXISTS heavy (number BIGINT) ENGINE = InnoDB");
            connection.setAutoCommit(false);
            statement.execute("INSERT INTO heavy SELECT seq FROM seq_1_to_1000");
        }
    }

    @Override
    String deadlocks() {
        return "SELECT variable_value FROM information_schema.global_status WHERE variable_name = 'innodb_deadlocks'";
    }

    @Override
    String waits() {
        // Not innodb_trx: that is not refreshed while somebody reads it again and again.
        return "SELECT variable_value FROM information_schema.global_status"
                + " WHERE variable_name = 'innodb_row_lock_current_waits'";
    }
}
