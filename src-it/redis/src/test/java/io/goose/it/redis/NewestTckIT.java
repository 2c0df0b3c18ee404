package io.goose.it.redis;

import org.junit.jupiter.api.Tag;

/** All contracts on a Redis or Valkey that is newer than the one of the build. */
@Tag("newest")
final class NewestTckIT extends RedisTck.Whole {

    @Override
    RedisSetUp setUp() {
        return RedisSetUp.newest();
    }
}
