package io.goose.it.redis;

import io.goose.tck.BrokerTck;
import io.goose.tck.TckSetUp;

/** The main contracts on a primary that Sentinels name. */
final class SentinelTckIT extends BrokerTck.Main {

    @Override
    protected TckSetUp setUp() {
        return new RedisTck(RedisSetUp.sentinel());
    }
}
