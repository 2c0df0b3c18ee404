package io.goose.it.redis;

import io.goose.tck.BatchContract;
import io.goose.tck.BrokerTck;
import io.goose.tck.BrokerUnderTest;
import io.goose.tck.TckSetUp;
import org.junit.jupiter.api.Nested;

/** The main contracts on the oldest Redis that is supported. */
final class OldestTckIT extends BrokerTck {

    @Override
    protected TckSetUp setUp() {
        return new RedisTck(RedisSetUp.standalone("6.2"));
    }

    /** R21: what a batch needs is not there in each version. */
    @Nested
    class Batches extends BatchContract {
        @Override
        protected BrokerUnderTest create() throws Exception {
            return broker();
        }
    }
}
