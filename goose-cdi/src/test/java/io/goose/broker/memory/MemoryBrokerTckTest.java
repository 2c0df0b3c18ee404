package io.goose.broker.memory;

import io.goose.tck.BrokerUnderTest;
import io.goose.tck.LeaseContract;
import io.goose.tck.SendContract;
import io.goose.tck.SettleContract;
import org.junit.jupiter.api.Nested;

/** The memory broker keeps every contract. */
final class MemoryBrokerTckTest {

    @Nested
    class Send extends SendContract {
        @Override
        protected BrokerUnderTest create() {
            return new MemoryBrokerUnderTest();
        }
    }

    @Nested
    class Leases extends LeaseContract {
        @Override
        protected BrokerUnderTest create() {
            return new MemoryBrokerUnderTest();
        }
    }

    @Nested
    class Settles extends SettleContract {
        @Override
        protected BrokerUnderTest create() {
            return new MemoryBrokerUnderTest();
        }
    }
}
