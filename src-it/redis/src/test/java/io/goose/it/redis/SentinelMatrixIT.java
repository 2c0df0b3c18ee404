package io.goose.it.redis;

import org.junit.jupiter.api.Tag;

/** All contracts on a primary that Sentinels name. */
@Tag("matrix")
final class SentinelMatrixIT extends RedisTck.Whole {

    @Override
    RedisSetUp setUp() {
        return RedisSetUp.sentinel();
    }
}
