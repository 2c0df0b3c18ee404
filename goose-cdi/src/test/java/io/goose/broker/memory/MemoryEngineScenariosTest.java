package io.goose.broker.memory;

import io.goose.spi.Broker;
import io.goose.spi.BrokerSettings.DeadRetention;
import io.goose.spi.Capability;
import io.goose.tck.BrokerUnderTest;
import io.goose.tck.engine.EngineScenarios;
import java.time.InstantSource;
import java.util.Set;

/** Engines on the memory broker. */
final class MemoryEngineScenariosTest extends EngineScenarios {

    @Override
    protected BrokerUnderTest create() {
        MemoryBroker origin = MemoryBroker.withClock(InstantSource.system());
        return new BrokerUnderTest() {
            @Override
            public Broker connect() {
                return origin.connect();
            }

            @Override
            public Broker connect(DeadRetention dead) {
                throw new UnsupportedOperationException("the storage knows what is kept of the dead");
            }

            @Override
            public Set<Capability> capabilities() {
                return origin.capabilities();
            }

            @Override
            public void close() {
                origin.close();
            }
        };
    }
}
