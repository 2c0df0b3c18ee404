package io.goose.engine.config;

import io.goose.engine.EngineSettings;
import io.goose.spi.BrokerFactory;
import io.goose.spi.BrokerSettings;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the configuration says, checked.
 *
 * @param engine how to enqueue and work
 * @param brokers the configured brokers, by name
 * @param threadFactory the JNDI name of the managed thread factory, {@code goose.worker.thread-factory}
 */
public record GooseSettings(EngineSettings engine, Map<String, ConfiguredBroker> brokers, String threadFactory) {

    /** The thread factory that every server has. */
    public static final String DEFAULT_THREAD_FACTORY = "java:comp/DefaultManagedThreadFactory";

    /**
     * A broker that can be made.
     *
     * @param factory what makes it
     * @param settings what it is made with
     */
    public record ConfiguredBroker(BrokerFactory factory, BrokerSettings settings) {}

    public GooseSettings {
        brokers = Collections.unmodifiableMap(new TreeMap<>(brokers));
    }

    /**
     * Reads and checks everything, without any I/O.
     *
     * @param factories the kinds of broker there are
     */
    public static SettingsReport read(SettingsSource source, Collection<BrokerFactory> factories) {
        return new ConfigurationReading(source, factories).report();
    }
}
