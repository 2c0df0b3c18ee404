package io.goose.it.jdbc;

import io.goose.tck.BrokerTck;
import io.goose.tck.BrokerUnderTest;
import io.goose.tck.GuardContract;
import io.goose.tck.TckSetUp;
import io.goose.tck.TransactionContract;
import org.junit.jupiter.api.Nested;

/** The main contracts on MariaDB. */
final class MariaDbTckIT extends BrokerTck.Main {

    @Override
    protected TckSetUp setUp() {
        return DatabaseSetUp.mariaDb();
    }

    @Nested
    class Transactions extends TransactionContract {
        @Override
        protected BrokerUnderTest create() throws Exception {
            return broker();
        }
    }

    @Nested
    class Guards extends GuardContract {
        @Override
        protected BrokerUnderTest ledgers() throws Exception {
            return broker();
        }
    }
}
