package io.goose.broker.jdbc;

import io.goose.spi.Track;
import io.goose.tck.BrokerTck;
import io.goose.tck.ComposedUnderTest;
import io.goose.tck.TckSetUp;

/** A transport that can do as little as a message broker, with a ledger in H2 for what has to be there, keeps the contracts of what
 * the two declare. */
final class BareGuardedTckTest extends BrokerTck.Whole {

    @Override
    protected TckSetUp setUp() {
        return () -> ComposedUnderTest.bare(new JdbcUnderTest(), Track.GUARDED);
    }
}
