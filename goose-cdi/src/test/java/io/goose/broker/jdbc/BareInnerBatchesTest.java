package io.goose.broker.jdbc;

import io.goose.spi.Track;
import io.goose.tck.BrokerUnderTest;
import io.goose.tck.ComposedUnderTest;
import io.goose.tck.engine.InnerBatchScenarios;

/** Batches in batches on a transport that can find no job, with a ledger in H2 of those that have to be there. */
final class BareInnerBatchesTest extends InnerBatchScenarios {

    @Override
    protected BrokerUnderTest create() {
        return ComposedUnderTest.bare(new JdbcUnderTest(), Track.GUARDED);
    }
}
