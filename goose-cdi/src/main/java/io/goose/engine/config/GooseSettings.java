package io.goose.engine.config;

import io.goose.engine.EngineSettings;
import io.goose.spi.Broker;
import io.goose.spi.BrokerFactory;
import io.goose.spi.BrokerSettings;
import io.goose.spi.WorkerThreads;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

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
    public record ConfiguredBroker(BrokerFactory factory, BrokerSettings settings) {

        private Broker make(WorkerThreads threads) {
            try {
                return factory.create(settings, threads);
            } catch (RuntimeException | LinkageError failed) {
                throw new IllegalStateException(
                        "GOOSE-2031: broker '" + settings.name() + "' cannot be made by "
                                + factory.getClass().getName() + " (" + failed + "); see the cause",
                        failed);
            }
        }
    }

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

    /**
     * Makes the brokers and, of them, what closes them later; where anything fails, none stays open. Nothing connects.
     *
     * @param threads where the brokers' threads come from
     * @param use gets the brokers by name
     * @throws IllegalStateException if a broker cannot be made
     */
    public <T> T withBrokers(WorkerThreads threads, Function<Map<String, Broker>, T> use) {
        Map<String, Broker> made = new TreeMap<>();
        try {
            brokers.forEach((name, broker) -> made.put(name, broker.make(threads)));
            return use.apply(made);
        } catch (RuntimeException | Error failed) {
            made.values().forEach(broker -> close(broker, failed));
            throw failed;
        }
    }

    private static void close(Broker broker, Throwable failed) {
        try {
            broker.close();
        } catch (RuntimeException unclean) {
            failed.addSuppressed(unclean);
        }
    }
}
