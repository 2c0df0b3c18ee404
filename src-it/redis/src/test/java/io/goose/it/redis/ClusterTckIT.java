package io.goose.it.redis;

/** The main contracts on a cluster of three primaries. */
final class ClusterTckIT extends RedisTck {

    @Override
    RedisSetUp setUp() {
        return RedisSetUp.cluster();
    }
}
