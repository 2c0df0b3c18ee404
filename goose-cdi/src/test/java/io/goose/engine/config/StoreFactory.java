package io.goose.engine.config;

import io.goose.spi.Broker;
import io.goose.spi.BrokerFactory;
import io.goose.spi.BrokerSettings;
import io.goose.spi.WorkerThreads;
import java.util.List;
import java.util.Set;

/** A kind of broker with an address and keys of its own, for reading settings only. */
class StoreFactory implements BrokerFactory {

    static final StoreFactory STORE = new StoreFactory("store", Set.of("store", "stores"));

    private final String kind;
    private final Set<String> schemes;

    StoreFactory(String kind, Set<String> schemes) {
        this.kind = kind;
        this.schemes = schemes;
    }

    @Override
    public String kind() {
        return kind;
    }

    @Override
    public Set<String> schemes() {
        return schemes;
    }

    @Override
    public Set<String> keys() {
        return Set.of("url", "username", "password", "nodes", "durability", "pool.max");
    }

    @Override
    public List<String> problems(BrokerSettings settings) {
        return settings.get("durability")
                .filter(durability -> !durability.equals("memory"))
                .map(durability -> List.of("STORE-1: " + settings.keyName("durability") + "=" + durability))
                .orElse(List.of());
    }

    @Override
    public Broker create(BrokerSettings settings, WorkerThreads threads) {
        throw new UnsupportedOperationException("only read here");
    }
}
