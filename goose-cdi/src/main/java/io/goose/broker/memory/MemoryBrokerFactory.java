package io.goose.broker.memory;

import io.goose.spi.Broker;
import io.goose.spi.BrokerFactory;
import io.goose.spi.BrokerSettings;
import io.goose.spi.WorkerThreads;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;

/**
 * Makes brokers in the heap, for {@code goose.broker.<name>.kind=memory}. Each has a storage of its own and goes by the
 * system's clock.
 *
 * @since 0.1
 */
public final class MemoryBrokerFactory implements BrokerFactory {

    /** For the service loader. */
    public MemoryBrokerFactory() {}

    @Override
    public String kind() {
        return "memory";
    }

    @Override
    public Set<String> schemes() {
        return Set.of();
    }

    @Override
    public Set<String> keys() {
        return Set.of();
    }

    @Override
    public List<String> problems(BrokerSettings settings) {
        return settings.get("url")
                .map(url -> List.of("GOOSE-3005: " + settings.keyName("url") + " is set, but "
                        + settings.keyName("kind") + "=memory connects to nothing; remove one of them"))
                .orElse(List.of());
    }

    @Override
    public Broker create(BrokerSettings settings, WorkerThreads threads) {
        return new MemoryBroker(settings, InstantSource.system());
    }
}
