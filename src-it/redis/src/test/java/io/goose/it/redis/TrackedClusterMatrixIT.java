package io.goose.it.redis;

import io.goose.spi.Track;
import io.goose.tck.BrokerUnderTest;
import io.goose.tck.ComposedUnderTest;
import org.junit.jupiter.api.Tag;

/** A bare transport with a row for each job in a cluster of three primaries. */
@Tag("matrix")
final class TrackedClusterMatrixIT extends ComposedTck {

    @Override
    RedisSetUp start() {
        return RedisSetUp.cluster();
    }

    @Override
    ComposedUnderTest join(BrokerUnderTest ledgers) {
        return ComposedUnderTest.bare(ledgers, Track.ALL);
    }
}
