package io.goose.tck;

import io.goose.broker.composed.ComposedBroker;
import io.goose.broker.memory.MemoryBroker;
import io.goose.spi.Broker;
import io.goose.spi.BrokerSettings.DeadRetention;
import io.goose.spi.Capability;
import io.goose.spi.GuardedLedger;
import io.goose.spi.JoinableTransport;
import io.goose.spi.Track;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;

/** A transport in the heap, joined with the ledger of another broker: proves that ledger, and the split. */
public final class ComposedUnderTest implements BrokerUnderTest {

    private final BrokerUnderTest ledgers;
    private final Broker origin;
    private final Supplier<Broker> transports;
    private final Track track;
    private final Queue<Broker> owners = new ConcurrentLinkedQueue<>();

    /**
     * Of the memory broker as a transport that can do much itself.
     *
     * @param ledgers a broker with ledgers for others; closed with this
     */
    public ComposedUnderTest(BrokerUnderTest ledgers) {
        this(ledgers, MemoryBroker.withClock(InstantSource.system()), Track.GUARDED);
    }

    private ComposedUnderTest(BrokerUnderTest ledgers, MemoryBroker memory, Track track) {
        this.ledgers = ledgers;
        this.origin = memory;
        this.transports = memory::connect;
        this.track = track;
    }

    private ComposedUnderTest(BrokerUnderTest ledgers, BareTransport bare, Track track) {
        this.ledgers = ledgers;
        this.origin = bare;
        this.transports = bare::connect;
        this.track = track;
    }

    /** Of a transport that can do as little as a message broker. */
    public static ComposedUnderTest bare(BrokerUnderTest ledgers, Track track) {
        return new ComposedUnderTest(ledgers, BareTransport.create(false), track);
    }

    @Override
    public Broker connect(DeadRetention dead) {
        return new ComposedBroker(JoinableTransport.of(transport()), ledger(dead), track, (name, body) -> {
            Thread thread = new Thread(body, name);
            thread.setDaemon(true);
            return thread;
        });
    }

    /** A connection to the transport alone. */
    public Broker transport() {
        return transports.get();
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

    private boolean isBare() {
        return origin instanceof BareTransport;
    }

    @Override
    public boolean replacesWhatWaits() {
        return false;
    }

    @Override
    public Set<Capability> capabilities() {
        Set<Capability> all = EnumSet.of(
                Capability.DELAY,
                Capability.SCHEDULED_LIST,
                Capability.PAUSE,
                Capability.CRON,
                Capability.CANCEL,
                Capability.UNIQUE,
                Capability.BATCH,
                Capability.STATUS);
        if (track == Track.ALL || !isBare()) {
            all.addAll(EnumSet.of(
                    Capability.WAITING_LIST,
                    Capability.WAITING_FIND,
                    Capability.WAITING_DELETE,
                    Capability.PRIORITISE));
        }
        if (!isBare()) {
            all.add(Capability.HANDLER_ROUTING);
            all.add(Capability.WORKER_LIST);
        }
        return all;
    }

    @Override
    public boolean prioritisesAhead() {
        return !isBare();
    }

    @Override
    public KnownIds knownIds() {
        return track == Track.ALL || !isBare() ? KnownIds.ALL : KnownIds.MARKED;
    }

    @Override
    public Counting counting() {
        if (!isBare()) {
            return Counting.EXACT;
        }
        return track == Track.ALL ? Counting.UNTIL_REDELIVERED : Counting.WAITING_ONLY;
    }

    @Override
    public void close() {
        origin.close();
        owners.forEach(Broker::close);
        ledgers.close();
    }
}
