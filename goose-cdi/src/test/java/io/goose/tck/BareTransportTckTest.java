package io.goose.tck;

import io.goose.spi.Broker;
import io.goose.spi.BrokerSettings.DeadRetention;
import io.goose.spi.Capability;
import java.util.EnumSet;
import java.util.Set;

/** What a message broker without a ledger has to keep: delays, and of the rest what needs no capability. */
final class BareTransportTckTest extends BrokerTck.Whole {

    @Override
    protected TckSetUp setUp() {
        return Alone::new;
    }

    private static final class Alone implements BrokerUnderTest {
        private final BareTransport origin = BareTransport.create(true);

        @Override
        public Broker connect(DeadRetention dead) {
            // What is kept is said by the storage, not by the connection.
            return dead.equals(STANDARD_DEAD) ? origin.connect() : BareTransport.create(true, dead);
        }

        @Override
        public Set<Capability> capabilities() {
            return EnumSet.of(Capability.DELAY);
        }

        @Override
        public KnownIds knownIds() {
            return KnownIds.NONE;
        }

        @Override
        public Counting counting() {
            return Counting.WAITING_ONLY;
        }

        @Override
        public boolean recallsParked() {
            return false;
        }

        @Override
        public void close() {
            origin.close();
        }
    }
}
