package io.goose.broker.jdbc;

import io.goose.tck.BrokerUnderTest;
import io.goose.tck.engine.WorkflowScenarios;

/** Workflows on H2. */
final class JdbcWorkflowsTest extends WorkflowScenarios {

    @Override
    protected BrokerUnderTest create() {
        return new JdbcUnderTest();
    }
}
