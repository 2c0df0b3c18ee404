package io.goose.it.redis;

import io.goose.tck.BrokerTck;
import io.goose.tck.TckSetUp;

/** The main contracts on a cluster of three primaries. */
final class ClusterTckIT extends BrokerTck.Main {

    @Override
    protected TckSetUp setUp() {
        return new RedisTck(RedisSetUp.cluster());
    }
}
