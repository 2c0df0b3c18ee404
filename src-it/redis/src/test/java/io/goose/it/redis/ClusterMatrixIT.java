package io.goose.it.redis;

import io.goose.tck.BrokerTck;
import io.goose.tck.TckSetUp;
import org.junit.jupiter.api.Tag;

/** All contracts on a cluster of three primaries. */
@Tag("matrix")
final class ClusterMatrixIT extends BrokerTck.Whole {

    @Override
    protected TckSetUp setUp() {
        return new RedisTck(RedisSetUp.cluster());
    }
}
