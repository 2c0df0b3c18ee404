package io.goose.it.jdbc;

import org.junit.jupiter.api.Tag;

/** All contracts on MariaDB. */
@Tag("matrix")
final class MariaDbMatrixIT extends JdbcTck.Whole {

    @Override
    DatabaseSetUp setUp() {
        return DatabaseSetUp.mariaDb();
    }
}
