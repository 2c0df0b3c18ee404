package io.goose.broker.memory;

import io.goose.spi.Broker;
import io.goose.spi.BrokerSettings;
import io.goose.spi.BrokerSettings.DeadRetention;
import io.goose.spi.Capability;
import io.goose.tck.BrokerUnderTest;
import io.goose.tck.ReplyCutter;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The memory broker and its clock. */
final class MemoryBrokerUnderTest implements BrokerUnderTest {

    private final ManualClock clock = new ManualClock();
    private final CuttingBroker.Line line = new CuttingBroker.Line();
    private final MemoryBroker origin =
            new MemoryBroker(new BrokerSettings("memory", "tck", Map.of(), Duration.ofHours(1), STANDARD_DEAD), clock);

    @Override
    public Broker connect() {
        return new CuttingBroker(origin.connect(), line);
    }

    /** The memory broker's storage, not its connection, knows what is kept; so this is a storage of its own. */
    @Override
    public Broker connect(DeadRetention dead) {
        return new MemoryBroker(new BrokerSettings("memory", "tck", Map.of(), Duration.ofHours(1), dead), clock);
    }

    @Override
    public Set<Capability> capabilities() {
        return EnumSet.of(
                Capability.DELAY,
                Capability.SCHEDULED_LIST,
                Capability.WAITING_LIST,
                Capability.WAITING_FIND,
                Capability.WAITING_DELETE,
                Capability.PRIORITISE,
                Capability.WORKER_LIST,
                Capability.PAUSE,
                Capability.CANCEL,
                Capability.HANDLER_ROUTING,
                Capability.CRON,
                Capability.UNIQUE,
                Capability.BATCH,
                Capability.LIMITS,
                Capability.STATUS);
    }

    @Override
    public Instant now() {
        return clock.instant();
    }

    @Override
    public void advance(Duration time) {
        clock.advance(time);
        origin.clockMoved();
    }

    @Override
    public Optional<ReplyCutter> replyCutter() {
        return Optional.of(line);
    }

    @Override
    public void close() {
        origin.close();
    }
}
