package io.goose.it.redis;

import io.goose.tck.TckSetUp;
import io.goose.tck.engine.EngineTck;
import org.junit.jupiter.api.Tag;

/** Engines on a cluster of three primaries. */
@Tag("matrix")
final class EngineClusterMatrixIT extends EngineTck.Whole {

    @Override
    protected TckSetUp setUp() {
        return RedisSetUp.cluster();
    }
}
