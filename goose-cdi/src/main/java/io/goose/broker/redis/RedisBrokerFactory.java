package io.goose.broker.redis;

import io.goose.spi.Broker;
import io.goose.spi.BrokerFactory;
import io.goose.spi.BrokerSettings;
import io.goose.spi.WorkerThreads;
import java.util.List;
import java.util.Set;

/**
 * Makes brokers on Redis 6.2 or later, for {@code goose.broker.<name>.url=redis://…} or {@code rediss://…}, or for
 * {@code kind=redis} with {@code nodes}. Needs {@code redis.clients:jedis} on the class path.
 *
 * @since 0.1
 */
public final class RedisBrokerFactory implements BrokerFactory {

    /** For the service loader. */
    public RedisBrokerFactory() {}

    @Override
    public String kind() {
        return "redis";
    }

    @Override
    public Set<String> schemes() {
        return Set.of("redis", "rediss");
    }

    @Override
    public Set<String> keys() {
        return SettingsReader.KEYS;
    }

    @Override
    public List<String> problems(BrokerSettings settings) {
        return SettingsReader.problems(settings);
    }

    @Override
    public Broker create(BrokerSettings settings, WorkerThreads threads) {
        return new RedisBroker(settings, threads);
    }
}
