package io.goose.it.redis;

/** The main contracts on a primary that Sentinels name. */
final class SentinelTckIT extends RedisTck {

    @Override
    RedisSetUp setUp() {
        return RedisSetUp.sentinel();
    }
}
