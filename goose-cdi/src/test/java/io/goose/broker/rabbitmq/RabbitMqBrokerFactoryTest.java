package io.goose.broker.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.WithoutLibrary;
import io.goose.broker.net.ConnectionReader.Host;
import io.goose.broker.rabbitmq.RabbitSettings.QueueType;
import io.goose.spi.BrokerFactory;
import io.goose.spi.BrokerSettings;
import io.goose.spi.BrokerSettings.DeadRetention;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What is read from the properties of a RabbitMQ broker, and what is said about mistakes in them. */
final class RabbitMqBrokerFactoryTest {

    private static BrokerSettings settings(Map<String, String> properties) {
        return new BrokerSettings(
                "main", "goose", properties, Duration.ofHours(1), new DeadRetention(10, Duration.ofDays(1)));
    }

    static Stream<Arguments> mistakes() {
        String url = "amqp://localhost";
        return Stream.of(
                Arguments.of(Map.of(), "GOOSE-3022", "amqp://host:port"),
                Arguments.of(Map.of("url", "http://localhost"), "GOOSE-3021", "http"),
                Arguments.of(Map.of("url", "amqp://localhost/a/b"), "GOOSE-3021", "%2F"),
                Arguments.of(Map.of("url", "amqp://localhost/a", "vhost", "b"), "GOOSE-3021", "keep one"),
                Arguments.of(Map.of("nodes", "a:1:2"), "GOOSE-3023", "'a:1:2'"),
                Arguments.of(Map.of("url", url, "username", "u"), "GOOSE-3024", "goose.broker.main.password"),
                Arguments.of(
                        Map.of("url", url, "username", "u", "password", "p", "password-file", "f"),
                        "GOOSE-3024",
                        "goose.broker.main.password-file"),
                Arguments.of(Map.of("url", url, "tls.truststore", "t.p12"), "GOOSE-3026", "amqps://"),
                Arguments.of(Map.of("url", url, "window", "0"), "GOOSE-3027", "'0'"),
                Arguments.of(Map.of("url", url, "send-timeout", "5s"), "GOOSE-3028", "goose.broker.main.send-timeout"),
                Arguments.of(Map.of("url", url, "consumer-timeout", "P2D"), "GOOSE-3028", "PT24H"),
                Arguments.of(Map.of("url", url, "queue-type", "stream"), "GOOSE-3080", "quorum or classic"));
    }

    @Test
    void aConsumerTimeoutUnderSixHeartbeats_isForNoWorker() {
        BrokerSettings settings = settings(Map.of("url", "amqp://localhost", "consumer-timeout", "PT29S"));
        BrokerFactory factory = new RabbitMqBrokerFactory();

        assertThat(factory.problems(settings)).isEmpty();
        assertThat(factory.problemsOfWorker(settings, Duration.ofSeconds(5)))
                .containsExactly(
                        "GOOSE-3099: goose.broker.main.consumer-timeout=PT29S is too short for a worker that beats"
                                + " each PT5S: it looks at each beat for jobs that RabbitMQ would take away; set"
                                + " goose.broker.main.consumer-timeout, and consumer_timeout of RabbitMQ with it, to PT30S or more");
        assertThat(factory.problemsOfWorker(settings, Duration.ofMillis(4_833))).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("mistakes")
    void aMistake_isNamedWithItsKeyAndMend(Map<String, String> properties, String code, String part) {
        List<String> problems = new RabbitMqBrokerFactory().problems(settings(properties));

        assertThat(problems).hasSize(1);
        assertThat(problems.get(0))
                .startsWith(code + ": ")
                .contains(part)
                .contains("goose.broker.main.")
                .contains(";");
    }

    @Test
    void aPasswordIsInNoMessage() {
        for (Map<String, String> properties :
                List.of(Map.of("url", "amqp://user:s3cret@ho st/0"), Map.of("nodes", "user:s3cret@h1:1"))) {
            assertThat(new RabbitMqBrokerFactory().problems(settings(properties)))
                    .isNotEmpty()
                    .noneMatch(problem -> problem.contains("s3cret"));
        }
    }

    @Test
    void withoutTheClient_theMessageSaysWhatToAdd() throws Exception {
        try (WithoutLibrary client = WithoutLibrary.named("com.rabbitmq.client.", "io.goose.broker.rabbitmq.")) {
            BrokerFactory factory = client.make(RabbitMqBrokerFactory.class, BrokerFactory.class);
            assertThat(factory.keys()).contains("queue-type");
            assertThat(factory.problems(settings(Map.of("url", "amqp://localhost"))))
                    .singleElement()
                    .asString()
                    .startsWith("GOOSE-3081: broker 'main' needs a RabbitMQ client that is not there (")
                    .endsWith("; add com.rabbitmq:amqp-client to the application");
        }
    }

    @Test
    void aUrl_saysAlmostEverything() {
        RabbitSettings read = SettingsReader.settings(settings(Map.of("url", "amqp://goose:p%40ss@rabbit:7000/a%2Fb")));

        assertThat(read.hosts()).containsExactly(new Host("rabbit", 7000));
        assertThat(read.virtualHost()).isEqualTo("a/b");
        assertThat(read.login().username()).isEqualTo("goose");
        assertThat(read.login().password()).isEqualTo("p@ss");
        assertThat(read.type()).isEqualTo(QueueType.QUORUM);
        assertThat(read.tls()).isNull();
        assertThat(read.describe()).isEqualTo("amqp://rabbit:7000/a/b");
        assertThat(read).hasToString(read.describe());
    }

    @Test
    void aUserMayHaveHisPasswordInAFile() {
        Map<String, String> properties =
                Map.of("url", "amqp://rabbit", "username", "u", "password-file", "/run/secret");

        assertThat(new RabbitMqBrokerFactory().problems(settings(properties))).isEmpty();
        RabbitSettings read = SettingsReader.settings(settings(properties));
        assertThat(read.login().username()).isEqualTo("u");
        assertThat(read.passwordFile()).hasToString("/run/secret");
    }

    @Test
    void severalNodes_haveTheUsualPorts() {
        RabbitSettings read = SettingsReader.settings(
                settings(Map.of("nodes", "a, b:7", "vhost", "jobs", "queue-type", "Classic", "url", "amqps://a")));

        assertThat(read.hosts()).containsExactly(new Host("a", 5671), new Host("b", 7));
        assertThat(read.virtualHost()).isEqualTo("jobs");
        assertThat(read.type()).isEqualTo(QueueType.CLASSIC);
        assertThat(read.tls()).isNotNull();
    }
}
