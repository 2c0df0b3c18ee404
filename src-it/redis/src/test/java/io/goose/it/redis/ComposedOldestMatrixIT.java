package io.goose.it.redis;

import org.junit.jupiter.api.Tag;

/** A ledger in the oldest Redis that is supported. */
@Tag("matrix")
final class ComposedOldestMatrixIT extends ComposedTck {

    @Override
    RedisSetUp start() {
        return RedisSetUp.standalone("6.2");
    }
}
