package io.goose.broker.memory;

import io.goose.broker.jca.Across;
import io.goose.spi.Broker;
import io.goose.spi.BrokerSettings.DeadRetention;
import io.goose.spi.Capability;
import io.goose.tck.BrokerTck;
import io.goose.tck.BrokerUnderTest;
import io.goose.tck.TckSetUp;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;

/** A broker behind the resource adapter's boundary keeps every contract that it keeps without. */
final class AcrossBoundaryTckTest extends BrokerTck.Whole {

    @Override
    protected TckSetUp setUp() {
        return UnderTest::new;
    }

    private static final class UnderTest implements BrokerUnderTest {
        private final MemoryBrokerUnderTest behind = new MemoryBrokerUnderTest();

        @Override
        public Broker connect() {
            return Across.of(behind.connect());
        }

        @Override
        public Broker connect(DeadRetention dead) {
            return Across.of(behind.connect(dead));
        }

        @Override
        public Set<Capability> capabilities() {
            return behind.capabilities();
        }

        @Override
        public Instant now() {
            return behind.now();
        }

        @Override
        public void advance(Duration time) {
            behind.advance(time);
        }

        @Override
        public void close() {
            behind.close();
        }
    }
}
