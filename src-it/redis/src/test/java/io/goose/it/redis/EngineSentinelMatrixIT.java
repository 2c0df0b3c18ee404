package io.goose.it.redis;

import io.goose.tck.TckSetUp;
import io.goose.tck.engine.EngineTck;
import org.junit.jupiter.api.Tag;

/** Engines on a primary that Sentinels name. */
@Tag("matrix")
final class EngineSentinelMatrixIT extends EngineTck.Whole {

    @Override
    protected TckSetUp setUp() {
        return RedisSetUp.sentinel();
    }
}
