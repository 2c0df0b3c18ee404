package io.goose.tck;

import io.goose.broker.composed.ComposedBroker;
import io.goose.broker.memory.MemoryBroker;
import io.goose.spi.Broker;
import io.goose.spi.BrokerSettings.DeadRetention;
import io.goose.spi.Capability;
import io.goose.spi.GuardedLedger;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;

/** The memory broker as a transport, joined with the ledger of another broker: proves that ledger, and the split. */
public final class ComposedUnderTest implements BrokerUnderTest {

    private final BrokerUnderTest ledgers;
    private final MemoryBroker origin = MemoryBroker.withClock(InstantSource.system());
    private final Queue<Broker> owners = new ConcurrentLinkedQueue<>();

    /**
     * @param ledgers a broker with ledgers for others; closed with this
     */
    public ComposedUnderTest(BrokerUnderTest ledgers) {
        this.ledgers = ledgers;
    }

    @Override
    public Broker connect(DeadRetention dead) {
        MemoryBroker transport = transport();
        return new ComposedBroker(transport, transport, ledger(dead));
    }

    /** A connection to the transport alone. */
    public MemoryBroker transport() {
        return origin.connect();
    }

    /** A connection to the ledger alone. */
    public GuardedLedger ledger() {
        return ledger(STANDARD_DEAD);
    }

    private GuardedLedger ledger(DeadRetention dead) {
        Broker owner = ledgers.connect(dead);
        owners.add(owner);
        return owner.ledgerFor("composed").orElseThrow();
    }

    @Override
    public Set<Capability> capabilities() {
        return EnumSet.of(
                Capability.DELAY,
                Capability.SCHEDULED_LIST,
                Capability.WAITING_LIST,
                Capability.WAITING_FIND,
                Capability.WAITING_DELETE,
                Capability.PAUSE,
                Capability.HANDLER_ROUTING);
    }

    @Override
    public void close() {
        origin.close();
        owners.forEach(Broker::close);
        ledgers.close();
    }
}
