package io.goose.broker.jdbc;

import io.goose.spi.Track;
import io.goose.tck.BrokerUnderTest;
import io.goose.tck.ComposedUnderTest;
import io.goose.tck.engine.EngineScenarios;

/** Engines on a transport that can do as little as a message broker, with a row in H2 for each job. */
final class BareEngineScenariosTest extends EngineScenarios {

    @Override
    protected BrokerUnderTest create() {
        return ComposedUnderTest.bare(new JdbcUnderTest(), Track.ALL);
    }
}
