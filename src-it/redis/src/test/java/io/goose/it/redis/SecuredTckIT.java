package io.goose.it.redis;

/** R26: the main contracts on a Redis that takes TLS only, as a user with few rights. */
final class SecuredTckIT extends RedisTck {

    @Override
    RedisSetUp setUp() {
        return RedisSetUp.secured();
    }
}
