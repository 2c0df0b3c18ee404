package io.goose.it.redis;

import org.junit.jupiter.api.Tag;

/** All contracts on the oldest Redis that is supported. */
@Tag("matrix")
final class OldestMatrixIT extends RedisTck.Whole {

    @Override
    RedisSetUp setUp() {
        return RedisSetUp.standalone("6.2");
    }
}
