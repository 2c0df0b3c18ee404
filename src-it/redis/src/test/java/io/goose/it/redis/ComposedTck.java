package io.goose.it.redis;

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

/** All contracts on a transport in memory with a ledger in Redis; that of crashes with the matrix only. */
abstract class ComposedTck extends BrokerTck.WholeButCrashes {

    private @Nullable RedisTck redis;

    /** Starts the servers, once for all tests. */
    abstract RedisSetUp start();

    /** A transport joined with a ledger of this broker: one that can do much itself, unless the subclass has another. */
    ComposedUnderTest join(BrokerUnderTest ledgers) {
        return new ComposedUnderTest(ledgers);
    }

    @Override
    protected final TckSetUp setUp() {
        RedisTck started = new RedisTck(start());
        redis = started;
        return new TckSetUp() {
            @Override
            public BrokerUnderTest broker() {
                return join(started.broker());
            }

            @Override
            public void close() throws Exception {
                started.close();
            }
        };
    }

    @Nested
    class Guards extends GuardContract {
        @Override
        protected BrokerUnderTest ledgers() {
            return Objects.requireNonNull(redis).broker();
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
