package io.goose.it.jdbc;

/** The main contracts on MariaDB. */
final class MariaDbTckIT extends JdbcTck {

    @Override
    DatabaseSetUp setUp() {
        return DatabaseSetUp.mariaDb();
    }
}
