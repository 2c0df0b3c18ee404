package io.goose.it.redis;

import io.goose.tck.BrokerTck;
import io.goose.tck.TckSetUp;

/** All contracts on a standalone Redis 7.0. */
final class StandaloneTckIT extends BrokerTck.Whole {

    @Override
    protected TckSetUp setUp() {
        return new RedisTck(RedisSetUp.standalone("7.0"));
    }
}
