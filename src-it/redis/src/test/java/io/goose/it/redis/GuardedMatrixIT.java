package io.goose.it.redis;

import io.goose.spi.Track;
import io.goose.tck.BrokerUnderTest;
import io.goose.tck.ComposedUnderTest;
import org.junit.jupiter.api.Tag;

/** A bare transport with a row for what has to be there in a standalone Redis 7.0. */
@Tag("matrix")
final class GuardedMatrixIT extends ComposedTck {

    @Override
    RedisSetUp start() {
        return RedisSetUp.standalone("7.0");
    }

    @Override
    ComposedUnderTest join(BrokerUnderTest ledgers) {
        return ComposedUnderTest.bare(ledgers, Track.GUARDED);
    }
}
