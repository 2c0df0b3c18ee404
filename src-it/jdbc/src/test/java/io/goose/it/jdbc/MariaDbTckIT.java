package io.goose.it.jdbc;

import io.goose.tck.BrokerUnderTest;
import io.goose.tck.CrashContract;
import org.junit.jupiter.api.Nested;

/** The main contracts on MariaDB. */
final class MariaDbTckIT extends JdbcTck {

    @Override
    DatabaseSetUp setUp() {
        return DatabaseSetUp.mariaDb();
    }

    @Nested
    class Crashes extends CrashContract {
        @Override
        protected BrokerUnderTest create() {
            return broker();
        }
    }
}
