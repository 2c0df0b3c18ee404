package io.goose.it.redis;

import io.goose.tck.TckSetUp;
import io.goose.tck.engine.EngineTck;

/** Engines on a standalone Redis 7.0. */
final class EngineScenariosIT extends EngineTck.Whole {

    @Override
    protected TckSetUp setUp() {
        return RedisSetUp.standalone("7.0");
    }
}
