package io.goose.jca;

import io.goose.broker.rabbitmq.RabbitMqBrokerFactory;
import io.goose.broker.redis.RedisBrokerFactory;
import io.goose.spi.Broker;
import io.goose.spi.BrokerFactory;
import io.goose.spi.Capability;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicLong;

/** Makes the brokers that settings describe. Stateless. */
final class Brokers {

    /** A client serves one thread that enqueues, or one worker: its claims, outcomes, heartbeats and admin calls. */
    private static final String POOL_OF_ONE_CLIENT = "4";

    private static final AtomicLong NUMBERS = new AtomicLong();

    /** One of each for all connections: what is to be said of a server is said by the first that sees it. */
    private static final List<BrokerFactory> FACTORIES = List.of(new RedisBrokerFactory(), new RabbitMqBrokerFactory());

    private Brokers() {}

    private static Optional<BrokerFactory> factory(Map<String, String> properties) {
        return FACTORIES.stream()
                .filter(factory -> factory.schemes().contains(scheme(properties)))
                .findFirst();
    }

    private static String scheme(Map<String, String> properties) {
        String url = properties.getOrDefault("url", "");
        return url.substring(0, Math.max(0, url.indexOf(':'))).toLowerCase(Locale.ROOT);
    }

    /** What is wrong, each with the mend. */
    static List<String> problems(Settings settings) {
        Map<String, String> properties = settings.properties();
        BrokerFactory factory = factory(properties).orElse(null);
        if (factory == null) {
            TreeSet<String> schemes = new TreeSet<>();
            FACTORIES.forEach(one -> schemes.addAll(one.schemes()));
            String wrong = properties.getOrDefault("url", "").isEmpty()
                    ? "url is not set"
                    : "url has the scheme '" + scheme(properties) + "'";
            return List.of(wrong + "; write an address with one of " + schemes);
        }
        List<String> problems = new ArrayList<>(settings.unknown(factory.keys()));
        factory.problems(settings.of(complete(factory, properties)))
                .forEach(problem -> problems.add(Settings.named(problem)));
        return problems;
    }

    /** The same for a bean, whose worker beats so often. */
    static List<String> problems(Settings settings, Duration heartbeat) {
        List<String> problems = problems(settings);
        if (!problems.isEmpty()) {
            return problems;
        }
        Map<String, String> properties = settings.properties();
        BrokerFactory factory = factory(properties).orElseThrow();
        return factory.problemsOfWorker(settings.of(complete(factory, properties)), heartbeat).stream()
                .map(Settings::named)
                .toList();
    }

    /** Whether the broker of settings that have no problems keeps branches of distributed transactions. */
    static boolean keepBranches(Settings settings) {
        return factory(settings.properties())
                .filter(factory -> factory.capabilities().contains(Capability.BRANCHES))
                .isPresent();
    }

    private static Map<String, String> complete(BrokerFactory factory, Map<String, String> properties) {
        Map<String, String> all = new TreeMap<>(properties);
        if (factory.keys().contains("pool.max")) {
            all.putIfAbsent("pool.max", POOL_OF_ONE_CLIENT);
        }
        return all;
    }

    /** The broker of settings that have no problems. */
    static Broker make(Settings settings) {
        Map<String, String> properties = settings.properties();
        BrokerFactory factory = factory(properties).orElseThrow();
        String name = "goose-jca-" + NUMBERS.incrementAndGet();
        return factory.create(
                settings.of(complete(factory, properties)), (thread, body) -> daemon(name + '-' + thread, body));
    }

    /** A broker's own threads; they end with it. Whose class loader made it is nothing to them. */
    private static Thread daemon(String name, Runnable body) {
        Thread thread = new Thread(body, name);
        thread.setDaemon(true);
        thread.setContextClassLoader(Brokers.class.getClassLoader());
        return thread;
    }
}
