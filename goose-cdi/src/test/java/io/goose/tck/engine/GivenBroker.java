package io.goose.tck.engine;

import io.goose.spi.Broker;
import io.goose.spi.BrokerFactory;
import io.goose.spi.BrokerSettings;
import io.goose.spi.WorkerThreads;
import java.util.List;
import java.util.Set;

/** Gives an engine a broker that exists. */
record GivenBroker(Broker broker) implements BrokerFactory {

    @Override
    public String kind() {
        return "given";
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
        return List.of();
    }

    @Override
    public Broker create(BrokerSettings settings, WorkerThreads threads) {
        return broker;
    }
}
