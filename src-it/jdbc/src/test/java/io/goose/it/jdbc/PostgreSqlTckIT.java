package io.goose.it.jdbc;

import io.goose.tck.BrokerTck;
import io.goose.tck.BrokerUnderTest;
import io.goose.tck.CrashContract;
import io.goose.tck.TckSetUp;
import io.goose.tck.TransactionContract;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

/** All contracts on PostgreSQL; that of crashes with the matrix only, for it runs on MariaDB. */
final class PostgreSqlTckIT extends BrokerTck.WholeButCrashes {

    @Override
    protected TckSetUp setUp() {
        return DatabaseSetUp.postgreSql();
    }

    @Nested
    @Tag("matrix")
    class Crashes extends CrashContract {
        @Override
        protected BrokerUnderTest create() throws Exception {
            return broker();
        }
    }

    @Nested
    class Transactions extends TransactionContract {
        @Override
        protected BrokerUnderTest create() throws Exception {
            return broker();
        }
    }
}
