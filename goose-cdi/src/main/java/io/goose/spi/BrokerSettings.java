package io.goose.spi;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A configured broker.
 *
 * @param name its name in the configuration, {@code [a-z][a-z0-9]*}
 * @param namespace the prefix of everything it stores, {@code goose.namespace}
 * @param properties the values under {@code goose.broker.<name>.}, by the rest of the key
 * @param dedupeRetention how long a repeated send is known as such, {@code goose.dedupe.retention}
 * @param dead what is kept of buried jobs
 * @since 0.1
 */
public record BrokerSettings(
        String name, String namespace, Map<String, String> properties, Duration dedupeRetention, DeadRetention dead) {

    /**
     * How much of the dead is kept; the oldest are evicted, which is logged.
     *
     * @param max how many of a queue, {@code goose.dead.max}
     * @param maxAge how long, {@code goose.dead.max-age}
     */
    public record DeadRetention(int max, Duration maxAge) {}

    public BrokerSettings {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(namespace, "namespace");
        properties = Map.copyOf(properties);
    }

    /** The value of {@code goose.broker.<name>.<key>}, if it is set and not empty. */
    public Optional<String> get(String key) {
        return Optional.ofNullable(properties.get(key)).filter(value -> !value.isBlank());
    }

    /** The full name of a key, for messages. */
    public String keyName(String key) {
        return "goose.broker." + name + "." + key;
    }

    /** Names the broker only: properties hold credentials. */
    @Override
    public String toString() {
        return "BrokerSettings[" + name + "]";
    }
}
