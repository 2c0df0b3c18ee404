package io.goose.it.redis;

import org.junit.jupiter.api.Tag;

/** All contracts on a Redis that takes TLS only, as a user with few rights. */
@Tag("matrix")
final class SecuredMatrixIT extends RedisTck.Whole {

    @Override
    RedisSetUp setUp() {
        return RedisSetUp.secured();
    }
}
