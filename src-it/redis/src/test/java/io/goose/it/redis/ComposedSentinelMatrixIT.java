package io.goose.it.redis;

import org.junit.jupiter.api.Tag;

/** A ledger in a primary with replicas, found through Sentinels. */
@Tag("matrix")
final class ComposedSentinelMatrixIT extends ComposedTck {

    @Override
    RedisSetUp start() {
        return RedisSetUp.sentinel();
    }
}
