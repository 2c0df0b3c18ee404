package io.goose.it.jdbc;

import io.goose.tck.BrokerTck;
import io.goose.tck.BrokerUnderTest;
import io.goose.tck.ComposedUnderTest;
import io.goose.tck.CrashContract;
import io.goose.tck.GuardContract;
import io.goose.tck.TckSetUp;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

/** All contracts on a memory transport with a ledger in PostgreSQL; that of crashes with the matrix only. */
final class ComposedTckIT extends BrokerTck.WholeButCrashes {

    private @Nullable DatabaseSetUp database;

    @Override
    protected TckSetUp setUp() {
        DatabaseSetUp started = DatabaseSetUp.postgreSql();
        database = started;
        return new TckSetUp() {
            @Override
            public BrokerUnderTest broker() {
                return new ComposedUnderTest(started.broker());
            }

            @Override
            public void close() {
                started.close();
            }
        };
    }

    @Nested
    class Guards extends GuardContract {
        @Override
        protected BrokerUnderTest ledgers() {
            return Objects.requireNonNull(database).broker();
        }
    }

    @Nested
    @Tag("matrix")
    class Crashes extends CrashContract {
        @Override
        protected BrokerUnderTest create() throws Exception {
            return broker();
        }
    }
}
