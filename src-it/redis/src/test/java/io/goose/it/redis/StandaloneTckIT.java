package io.goose.it.redis;

/** All contracts on a standalone Redis 7.0. */
final class StandaloneTckIT extends RedisTck.Whole {

    @Override
    RedisSetUp setUp() {
        return RedisSetUp.standalone("7.0");
    }
}
