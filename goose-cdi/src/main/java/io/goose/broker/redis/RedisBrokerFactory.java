package io.goose.broker.redis;

import io.goose.spi.Broker;
import io.goose.spi.BrokerFactory;
import io.goose.spi.BrokerSettings;
import io.goose.spi.Capability;
import io.goose.spi.WorkerThreads;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Makes brokers on Redis 6.2 or later, for {@code goose.broker.<name>.url=redis://…} or {@code rediss://…}, or for
 * {@code kind=redis} with {@code nodes}. Needs {@code redis.clients:jedis} on the class path.
 *
 * @since 0.1
 */
public final class RedisBrokerFactory implements BrokerFactory {

    // Here, because the service loader and the check of keys need no client.
    static final Set<String> KEYS = Set.of(
            "url",
            "nodes",
            "mode",
            "username",
            "password",
            "sentinel.master",
            "sentinel.username",
            "sentinel.password",
            "tls.truststore",
            "tls.truststore-password",
            "tls.truststore-type",
            "tls.keystore",
            "tls.keystore-password",
            "tls.keystore-type",
            "tls.verify-hostname",
            "pool.max",
            "timeout",
            "connect-timeout",
            "send-timeout",
            "durability");

    /** What was said of each server: that many brokers of one set-up, as those of a pool are, find the same is said once. */
    private final Map<String, String> said = new ConcurrentHashMap<>();

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
        return KEYS;
    }

    @Override
    public boolean keepsLedgers() {
        return true;
    }

    @Override
    public Set<Capability> capabilities() {
        return Set.of(Capability.BRANCHES);
    }

    @Override
    public List<String> problems(BrokerSettings settings) {
        try {
            return SettingsReader.problems(settings);
        } catch (LinkageError missing) {
            return List.of("GOOSE-3037: broker '" + settings.name() + "' needs a Redis client that is not there ("
                    + missing + "); add redis.clients:jedis to the application");
        }
    }

    @Override
    public Broker create(BrokerSettings settings, WorkerThreads threads) {
        return new RedisBroker(settings, threads, said);
    }
}
