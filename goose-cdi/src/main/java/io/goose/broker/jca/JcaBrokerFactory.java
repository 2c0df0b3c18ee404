package io.goose.broker.jca;

import io.goose.spi.Broker;
import io.goose.spi.BrokerFactory;
import io.goose.spi.BrokerSettings;
import io.goose.spi.WorkerThreads;
import java.util.List;
import java.util.Set;

/**
 * Makes brokers that the server's resource adapter connects to, for {@code goose.broker.<name>.kind=jca} with {@code jndi}, the
 * name of its connection factory. What the broker is, and how it is reached, is said there.
 *
 * @since 0.1
 */
public final class JcaBrokerFactory implements BrokerFactory {

    private static final String JNDI = "jndi";

    /** For the service loader. */
    public JcaBrokerFactory() {}

    @Override
    public String kind() {
        return "jca";
    }

    @Override
    public Set<String> schemes() {
        return Set.of();
    }

    @Override
    public Set<String> keys() {
        return Set.of(JNDI);
    }

    @Override
    public List<String> problems(BrokerSettings settings) {
        return settings.get(JNDI).isPresent()
                ? List.of()
                : List.of("GOOSE-3167: " + settings.keyName(JNDI)
                        + " is not set; name the connection factory of goose-jca-adapter.rar there, for example"
                        + " eis/goose");
    }

    @Override
    public Broker create(BrokerSettings settings, WorkerThreads threads) {
        return RemoteBroker.through(new Door(settings.get(JNDI).orElseThrow()));
    }
}
