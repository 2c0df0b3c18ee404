package io.goose.it.redis;

import io.goose.tck.BrokerTck;
import io.goose.tck.TckSetUp;

/** The main contracts on the oldest Redis that is supported. */
final class OldestTckIT extends BrokerTck {

    @Override
    protected TckSetUp setUp() {
        return new RedisTck(RedisSetUp.standalone("6.2"));
    }
}
