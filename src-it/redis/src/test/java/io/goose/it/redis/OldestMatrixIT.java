package io.goose.it.redis;

import io.goose.tck.BrokerTck;
import io.goose.tck.TckSetUp;
import org.junit.jupiter.api.Tag;

/** All contracts on the oldest Redis that is supported. */
@Tag("matrix")
final class OldestMatrixIT extends BrokerTck.Whole {

    @Override
    protected TckSetUp setUp() {
        return new RedisTck(RedisSetUp.standalone("6.2"));
    }
}
