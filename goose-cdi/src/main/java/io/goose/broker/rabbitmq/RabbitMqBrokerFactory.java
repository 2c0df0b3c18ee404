package io.goose.broker.rabbitmq;

import io.goose.spi.Broker;
import io.goose.spi.BrokerSettings;
import io.goose.spi.GuardedLedger;
import io.goose.spi.JoinableTransport;
import io.goose.spi.TransportFactory;
import io.goose.spi.WorkerThreads;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * Makes brokers on RabbitMQ 3.10 or later, for {@code goose.broker.<name>.url=amqp://…} or {@code amqps://…}, or for
 * {@code kind=rabbitmq} with {@code nodes}. Needs {@code com.rabbitmq:amqp-client} on the class path.
 *
 * @since 0.1
 */
public final class RabbitMqBrokerFactory implements TransportFactory {

    // Here, because the service loader and the check of keys need no client.
    static final Set<String> KEYS = Set.of(
            "url",
            "nodes",
            "vhost",
            "username",
            "password",
            "password-file",
            "tls.truststore",
            "tls.truststore-password",
            "tls.truststore-type",
            "tls.keystore",
            "tls.keystore-password",
            "tls.keystore-type",
            "tls.verify-hostname",
            "timeout",
            "connect-timeout",
            "send-timeout",
            "consumer-timeout",
            "queue-type",
            "window",
            "connection-name",
            "ledger",
            "track");

    /** For the service loader. */
    public RabbitMqBrokerFactory() {}

    @Override
    public String kind() {
        return "rabbitmq";
    }

    @Override
    public Set<String> schemes() {
        return Set.of("amqp", "amqps");
    }

    @Override
    public Set<String> keys() {
        return KEYS;
    }

    @Override
    public List<String> problems(BrokerSettings settings) {
        try {
            Class.forName("com.rabbitmq.client.Channel", false, RabbitMqBrokerFactory.class.getClassLoader());
        } catch (ClassNotFoundException | LinkageError missing) {
            return List.of("GOOSE-3081: broker '" + settings.name() + "' needs a RabbitMQ client that is not there ("
                    + missing + "); add com.rabbitmq:amqp-client to the application");
        }
        return SettingsReader.problems(settings);
    }

    @Override
    public List<String> problemsOfWorker(BrokerSettings settings, Duration heartbeat) {
        return SettingsReader.problemsOfWorker(settings, heartbeat);
    }

    @Override
    public Broker create(BrokerSettings settings, WorkerThreads threads) {
        return new RabbitMqBroker(settings, threads);
    }

    @Override
    public JoinableTransport joinable(BrokerSettings settings, WorkerThreads threads, GuardedLedger ledger) {
        return JoinableTransport.of(new RabbitMqBroker(settings, threads));
    }
}
