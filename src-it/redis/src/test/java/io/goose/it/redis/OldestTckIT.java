package io.goose.it.redis;

/** The main contracts on the oldest Redis that is supported. */
final class OldestTckIT extends RedisTck {

    @Override
    RedisSetUp setUp() {
        return RedisSetUp.standalone("6.2");
    }
}
