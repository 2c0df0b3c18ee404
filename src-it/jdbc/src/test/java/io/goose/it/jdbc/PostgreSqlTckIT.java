package io.goose.it.jdbc;

import io.goose.tck.BrokerUnderTest;
import io.goose.tck.CrashContract;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

/** All contracts on PostgreSQL; that of crashes with the matrix only, for it runs on MariaDB. */
final class PostgreSqlTckIT extends JdbcTck.Whole {

    @Override
    DatabaseSetUp setUp() {
        return DatabaseSetUp.postgreSql();
    }

    @Nested
    @Tag("matrix")
    class Crashes extends CrashContract {
        @Override
        protected BrokerUnderTest create() {
            return broker();
        }
    }
}
