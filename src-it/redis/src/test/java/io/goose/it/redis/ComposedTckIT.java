package io.goose.it.redis;

/** A ledger in a standalone Redis 7.0. */
final class ComposedTckIT extends ComposedTck {

    @Override
    RedisSetUp start() {
        return RedisSetUp.standalone("7.0");
    }
}
