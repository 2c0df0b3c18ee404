package io.goose.broker.jdbc;

import io.goose.tck.BrokerUnderTest;
import io.goose.tck.ComposedUnderTest;
import io.goose.tck.engine.InnerBatchScenarios;

/** Batches in batches on a transport with a ledger in H2. */
final class ComposedInnerBatchesTest extends InnerBatchScenarios {

    @Override
    protected BrokerUnderTest create() {
        return new ComposedUnderTest(new JdbcUnderTest());
    }
}
