package io.goose.engine.config;

import io.goose.engine.EngineSettings;
import io.goose.spi.Broker;
import io.goose.spi.BrokerFactory;
import io.goose.spi.BrokerSettings;
import io.goose.spi.GuardedLedger;
import io.goose.spi.JoinableTransport;
import io.goose.spi.Track;
import io.goose.spi.TransportFactory;
import io.goose.spi.WorkerThreads;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What the configuration says, checked.
 *
 * @param engine how to enqueue and work
 * @param brokers the configured brokers, by name
 * @param threadFactory the JNDI name of the managed thread factory, {@code goose.worker.thread-factory}
 * @param watching what is told of the engine, {@code goose.health.*} and {@code goose.metrics.*}
 */
public record GooseSettings(
        EngineSettings engine, Map<String, ConfiguredBroker> brokers, String threadFactory, Watching watching) {

    /** The thread factory that every server has. */
    public static final String DEFAULT_THREAD_FACTORY = "java:comp/DefaultManagedThreadFactory";

    /**
     * What is told of the engine.
     *
     * @param readinessBroker how long a broker may be silent before the application is not ready; null for ever
     * @param metrics who is given what is measured
     */
    public record Watching(@Nullable Duration readinessBroker, MetricsSettings metrics) {}

    /**
     * A broker that can be made.
     *
     * @param factory what makes it
     * @param settings what it is made with
     * @param join the ledger that it is joined with; null if it stands alone
     */
    public record ConfiguredBroker(
            BrokerFactory factory,
            BrokerSettings settings,
            @Nullable Join join) {

        ConfiguredBroker joined(Join with) {
            return new ConfiguredBroker(factory, settings, with);
        }

        private Broker make(WorkerThreads threads, Joiner joiner, Map<String, Broker> made) {
            try {
                return join == null ? factory.create(settings, threads) : join(join, threads, joiner, made);
            } catch (RuntimeException | LinkageError failed) {
                throw new IllegalStateException(
                        "GOOSE-2031: broker '" + settings.name() + "' cannot be made by "
                                + factory.getClass().getName() + " (" + failed + "); see the cause",
                        failed);
            }
        }

        private Broker join(Join with, WorkerThreads threads, Joiner joiner, Map<String, Broker> made) {
            GuardedLedger ledger = Optional.ofNullable(made.get(with.ledger()))
                    .flatMap(owner -> owner.ledgerFor(settings.name()))
                    .orElseThrow(() -> new IllegalStateException("broker '" + with.ledger() + "' keeps no ledger"));
            JoinableTransport transport = ((TransportFactory) factory).joinable(settings, threads, ledger);
            return joiner.join(transport, ledger, with.track(), threads);
        }
    }

    /**
     * How a transport is joined.
     *
     * @param ledger the name of the broker that keeps its ledger
     * @param track of which jobs
     */
    public record Join(String ledger, Track track) {}

    /** Makes a broker of a transport and a ledger. */
    @FunctionalInterface
    public interface Joiner {
        Broker join(JoinableTransport transport, GuardedLedger ledger, Track track, WorkerThreads threads);
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
     * @param joiner makes those that are joined
     * @param use gets the brokers by name, one that needs another after that one
     * @throws IllegalStateException if a broker cannot be made
     */
    public <T> T withBrokers(WorkerThreads threads, Joiner joiner, Function<Map<String, Broker>, T> use) {
        Map<String, Broker> made = new LinkedHashMap<>();
        try {
            make(threads, joiner, made, broker -> broker.join() == null);
            make(threads, joiner, made, broker -> broker.join() != null); // of those that are there now
            return use.apply(made);
        } catch (RuntimeException | Error failed) {
            made.values().forEach(broker -> close(broker, failed));
            throw failed;
        }
    }

    private void make(
            WorkerThreads threads, Joiner joiner, Map<String, Broker> made, Predicate<ConfiguredBroker> which) {
        brokers.forEach((name, broker) -> {
            if (which.test(broker)) {
                made.put(name, broker.make(threads, joiner, made));
            }
        });
    }

    private static void close(Broker broker, Throwable failed) {
        try {
            broker.close();
        } catch (RuntimeException unclean) {
            failed.addSuppressed(unclean);
        }
    }
}
