package io.goose.it.redis;

import org.junit.jupiter.api.Tag;

/** All contracts on a cluster of three primaries. */
@Tag("matrix")
final class ClusterMatrixIT extends RedisTck.Whole {

    @Override
    RedisSetUp setUp() {
        return RedisSetUp.cluster();
    }
}
