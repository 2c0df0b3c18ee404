package io.goose.broker.jdbc;

import io.goose.tck.BrokerUnderTest;
import io.goose.tck.engine.InnerBatchScenarios;

/** Batches in batches on H2. */
final class JdbcInnerBatchesTest extends InnerBatchScenarios {

    @Override
    protected BrokerUnderTest create() {
        return new JdbcUnderTest();
    }
}
