package io.goose.it.redis;

import io.goose.tck.BrokerTck;
import io.goose.tck.TckSetUp;
import org.junit.jupiter.api.Tag;

/** All contracts on a Redis or Valkey that is newer than the one of the build. */
@Tag("newest")
final class NewestTckIT extends BrokerTck.Whole {

    @Override
    protected TckSetUp setUp() {
        return new RedisTck(RedisSetUp.newest());
    }
}
