package io.goose.broker.rabbitmq;

import io.goose.broker.net.ConnectionReader;
import io.goose.broker.net.ConnectionReader.Host;
import io.goose.broker.net.ConnectionReader.Login;
import io.goose.broker.net.ConnectionReader.Product;
import io.goose.broker.net.TlsSettings;
import io.goose.broker.rabbitmq.RabbitSettings.QueueType;
import io.goose.broker.rabbitmq.RabbitSettings.Times;
import io.goose.spi.BrokerSettings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads and checks the properties of one broker. Collects all mistakes; used once, by one thread. */
final class SettingsReader {

    private static final Product RABBITMQ = new Product("RabbitMQ", "amqp", "amqps");
    private static final int PORT = 5672;
    private static final int SECURE_PORT = 5671;
    private static final Duration LONGEST = Duration.ofMinutes(10);
    private static final String CONSUMER_TIMEOUT = "consumer-timeout";
    private static final Duration LONGEST_CONSUMER = Duration.ofDays(1);
    private static final int CONSUMER_IN_HEARTBEATS = 6; // half of it is left for the copies, and a beat may be late

    private final BrokerSettings source;
    private final ConnectionReader reader;

    private SettingsReader(BrokerSettings source) {
        this.source = source;
        this.reader = new ConnectionReader(source, RABBITMQ);
    }

    /** What is wrong with the properties; empty if nothing is. */
    static List<String> problems(BrokerSettings source) {
        SettingsReader reader = new SettingsReader(source);
        reader.read();
        return reader.reader.problems();
    }

    /** What of the properties, which are right by themselves, a worker cannot work with. */
    static List<String> problemsOfWorker(BrokerSettings source, Duration heartbeat) {
        Duration consumer = settings(source).times().consumer();
        Duration least = heartbeat.multipliedBy(CONSUMER_IN_HEARTBEATS);
        return consumer.compareTo(least) >= 0
                ? List.of()
                : List.of("GOOSE-3099: " + source.keyName(CONSUMER_TIMEOUT) + "=" + consumer
                        + " is too short for a worker that beats each " + heartbeat
                        + ": it looks at each beat for jobs that RabbitMQ would take away; set "
                        + source.keyName(CONSUMER_TIMEOUT) + ", and consumer_timeout of RabbitMQ with it, to " + least
                        + " or more");
    }

    /** The settings that the properties stand for. */
    static RabbitSettings settings(BrokerSettings source) {
        SettingsReader reader = new SettingsReader(source);
        RabbitSettings settings = reader.read();
        if (!reader.reader.isGood()) {
            throw new IllegalArgumentException(String.join("; ", reader.reader.problems()));
        }
        return settings;
    }

    private RabbitSettings read() {
        URI url = reader.url();
        TlsSettings tls = reader.tls(url, RabbitMqBrokerFactory.KEYS);
        List<Host> hosts = reader.hosts(url, tls == null ? PORT : SECURE_PORT);
        Login login = reader.login(url, source.get("password-file").isPresent());
        Path passwordFile = passwordFile(login);
        QueueType type = type();
        int window = reader.number("GOOSE-3027", "window", 1000, 1);
        Times times = new Times(
                reader.duration("timeout", "PT10S", LONGEST),
                reader.duration("connect-timeout", "PT5S", LONGEST),
                reader.duration("send-timeout", "PT10S", LONGEST),
                reader.duration(CONSUMER_TIMEOUT, "PT30M", LONGEST_CONSUMER));
        return new RabbitSettings(
                hosts,
                virtualHost(url),
                login,
                passwordFile,
                tls,
                type,
                window,
                times,
                source.get("connection-name").orElse("goose " + source.name()));
    }

    private String virtualHost(@Nullable URI url) {
        Optional<String> named = source.get("vhost");
        String path =
                url == null || url.getRawPath() == null ? "" : url.getRawPath().replaceFirst("^/", "");
        if (path.isEmpty()) {
            return named.orElse("/");
        }
        if (path.contains("/")) {
            reader.problem("GOOSE-3021: " + source.keyName("url") + " ends in '/" + path
                    + "', which is no virtual host; write a / of its name as %2F, or set " + source.keyName("vhost"));
        } else if (named.isPresent()) {
            reader.problem("GOOSE-3021: " + source.keyName("url") + " names a virtual host and so does "
                    + source.keyName("vhost") + "; keep one of them");
        }
        return ConnectionReader.decode(path);
    }

    private @Nullable Path passwordFile(Login login) {
        Optional<String> file = source.get("password-file");
        if (file.isPresent() && login.password() != null) {
            reader.problem("GOOSE-3024: " + source.keyName("password-file") + " is set and so is a password; keep one");
        }
        return file.map(Path::of).orElse(null);
    }

    private QueueType type() {
        String text = source.get("queue-type").orElse("quorum").toLowerCase(Locale.ROOT);
        return switch (text) {
            case "quorum" -> QueueType.QUORUM;
            case "classic" -> QueueType.CLASSIC;
            default -> {
                reader.problem("GOOSE-3080", "queue-type", text, "set it to quorum or classic");
                yield QueueType.QUORUM;
            }
        };
    }
}
