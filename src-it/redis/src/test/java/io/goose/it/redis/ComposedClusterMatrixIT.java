package io.goose.it.redis;

import org.junit.jupiter.api.Tag;

/** A ledger in a cluster of three primaries. */
@Tag("matrix")
final class ComposedClusterMatrixIT extends ComposedTck {

    @Override
    RedisSetUp start() {
        return RedisSetUp.cluster();
    }
}
