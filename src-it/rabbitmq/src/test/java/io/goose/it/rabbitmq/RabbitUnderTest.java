package io.goose.it.rabbitmq;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import io.goose.broker.rabbitmq.RabbitMqBrokerFactory;
import io.goose.spi.Broker;
import io.goose.spi.BrokerSettings;
import io.goose.spi.BrokerSettings.DeadRetention;
import io.goose.spi.Capability;
import io.goose.spi.GuardedLedger;
import io.goose.spi.JoinableTransport;
import io.goose.spi.Session;
import io.goose.tck.BrokerUnderTest;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/** Brokers on one RabbitMQ, in a namespace that no other test uses; its queues go with it. */
final class RabbitUnderTest implements BrokerUnderTest {

    private static final RabbitMqBrokerFactory FACTORY = new RabbitMqBrokerFactory();
    private static final AtomicInteger NAMESPACES = new AtomicInteger();
    private static final int LEVELS = 23;

    private final String namespace = "tck" + NAMESPACES.incrementAndGet();
    private final String uri;
    private final Map<String, String> properties;

    /**
     * @param more properties of the broker
     */
    RabbitUnderTest(String uri, Map<String, String> more) {
        this.uri = uri;
        Map<String, String> all = new HashMap<>(more);
        all.put("url", uri);
        this.properties = Map.copyOf(all);
    }

    String namespace() {
        return namespace;
    }

    @Override
    public Broker connect(DeadRetention dead) {
        return gathering(FACTORY.create(settings(dead), JoinedUnderTest.THREADS));
    }

    /** The same as it is: its sessions do not wait for what is on its way. */
    Broker connectBare() {
        return FACTORY.create(settings(new DeadRetention(100_000, Duration.ofDays(90))), JoinedUnderTest.THREADS);
    }

    /** The same without what a ledger keeps. */
    JoinableTransport transport(DeadRetention dead, GuardedLedger ledger) {
        return FACTORY.joinable(settings(dead), JoinedUnderTest.THREADS, ledger);
    }

    /** A broker on the same queues that is reached by another address. */
    Broker connectThrough(String otherUri) {
        Map<String, String> other = new HashMap<>(properties);
        other.put("url", otherUri);
        return gathering(FACTORY.create(settings(STANDARD_DEAD, other), JoinedUnderTest.THREADS));
    }

    private BrokerSettings settings(DeadRetention dead) {
        return settings(dead, properties);
    }

    private BrokerSettings settings(DeadRetention dead, Map<String, String> given) {
        BrokerSettings settings = new BrokerSettings("main", namespace, given, Duration.ofHours(1), dead);
        List<String> problems = FACTORY.problems(settings);
        if (!problems.isEmpty()) {
            throw new AssertionError(problems);
        }
        return settings;
    }

    /** The same broker, whose sessions wait for what is on its way. */
    static Broker gathering(Broker broker) {
        return (Broker) Proxy.newProxyInstance(
                RabbitUnderTest.class.getClassLoader(), new Class<?>[] {Broker.class}, (self, method, arguments) -> {
                    try {
                        Object result = method.invoke(broker, arguments);
                        return result instanceof Session session ? new Gathering(session) : result;
                    } catch (InvocationTargetException thrown) {
                        throw thrown.getCause();
                    }
                });
    }

    @Override
    public Set<Capability> capabilities() {
        return EnumSet.of(Capability.DELAY);
    }

    @Override
    public KnownIds knownIds() {
        return KnownIds.NONE;
    }

    @Override
    public Counting counting() {
        return Counting.WAITING_ONLY;
    }

    @Override
    public Handing handing() {
        return Handing.PUSHED;
    }

    @Override
    public Duration shortLease() {
        return Duration.ofSeconds(2);
    }

    @Override
    public Duration patience() {
        return Duration.ofSeconds(60);
    }

    @Override
    public void close() {
        try (Broker broker = connect();
                Connection connection = connection();
                Channel channel = connection.createChannel()) {
            for (String queue : broker.queues()) {
                for (String lane : List.of("", ":front", ":suspect", ":dead", ":parked")) {
                    channel.queueDelete(namespace + ":" + queue + lane);
                }
            }
            for (int level = 0; level < LEVELS; level++) {
                channel.queueDelete(namespace + "::delay:" + level);
                channel.exchangeDelete(namespace + "::delay:" + level);
            }
            for (String rest : List.of("unrouted", "queues", "runners", "due", "ladder")) {
                channel.queueDelete(namespace + "::" + rest);
                channel.exchangeDelete(namespace + "::" + rest);
            }
        } catch (Exception left) {
            throw new IllegalStateException("the queues of " + namespace + " could not be deleted", left);
        }
    }

    private Connection connection() throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(uri);
        return factory.newConnection();
    }
}
