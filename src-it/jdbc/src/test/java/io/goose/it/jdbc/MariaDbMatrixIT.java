package io.goose.it.jdbc;

import io.goose.tck.BrokerUnderTest;
import io.goose.tck.CrashContract;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

/** All contracts on MariaDB. */
@Tag("matrix")
final class MariaDbMatrixIT extends JdbcTck.Whole {

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
