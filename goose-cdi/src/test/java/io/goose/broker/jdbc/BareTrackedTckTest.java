package io.goose.broker.jdbc;

import io.goose.spi.Track;
import io.goose.tck.BrokerTck;
import io.goose.tck.ComposedUnderTest;
import io.goose.tck.TckSetUp;

/** The same transport with a row in H2 for each job: what waits can be listed, found and deleted. */
final class BareTrackedTckTest extends BrokerTck.Whole {

    @Override
    protected TckSetUp setUp() {
        return () -> ComposedUnderTest.bare(new JdbcUnderTest(), Track.ALL);
    }
}
