package io.goose.broker.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.WithoutLibrary;
import io.goose.broker.redis.RedisSettings.Mode;
import io.goose.spi.BrokerFactory;
import io.goose.spi.BrokerSettings;
import io.goose.spi.BrokerSettings.DeadRetention;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import redis.clients.jedis.HostAndPort;

/** What is read from the properties of a Redis broker, and what is said about mistakes in them. */
final class RedisBrokerFactoryTest {

    private static BrokerSettings settings(Map<String, String> properties) {
        return new BrokerSettings(
                "main", "goose", properties, Duration.ofHours(1), new DeadRetention(10, Duration.ofDays(1)));
    }

    static Stream<Arguments> mistakes() {
        String url = "redis://localhost";
        return Stream.of(
                Arguments.of(Map.of(), "GOOSE-3022", "goose.broker.main.url"),
                Arguments.of(Map.of("url", "http://localhost"), "GOOSE-3021", "http"),
                Arguments.of(Map.of("url", "redis:// local"), "GOOSE-3021", "goose.broker.main.url"),
                Arguments.of(Map.of("url", "redis:///1"), "GOOSE-3021", "no host"),
                Arguments.of(Map.of("url", "redis://localhost/jobs"), "GOOSE-3021", "'/jobs'"),
                Arguments.of(Map.of("url", "redis://localhost/2", "mode", "cluster"), "GOOSE-3021", "database 0"),
                Arguments.of(Map.of("url", url, "mode", "ring"), "GOOSE-3020", "'ring'"),
                Arguments.of(Map.of("nodes", "a:1,b:2"), "GOOSE-3023", "standalone"),
                Arguments.of(Map.of("nodes", "a:1:2", "mode", "cluster"), "GOOSE-3023", "'a:1:2'"),
                Arguments.of(Map.of("nodes", ",", "mode", "cluster"), "GOOSE-3023", "no node"),
                Arguments.of(Map.of("nodes", " , ", "sentinel.master", "m"), "GOOSE-3023", "no node"),
                Arguments.of(Map.of("nodes", "ann:hunter2@h1:1", "mode", "cluster"), "GOOSE-3023", "'***@h1:1'"),
                Arguments.of(Map.of("url", "redis://localhost/a@b"), "GOOSE-3021", "goose.broker.main.password"),
                Arguments.of(Map.of("url", "redis://u:p@localhost", "password", "q"), "GOOSE-3024", "keep the latter"),
                Arguments.of(Map.of("url", url, "username", "u"), "GOOSE-3024", "goose.broker.main.password"),
                Arguments.of(Map.of("url", url, "mode", "sentinel"), "GOOSE-3025", "sentinel.master"),
                Arguments.of(
                        Map.of("url", url, "mode", "cluster", "sentinel.master", "m"), "GOOSE-3025", "mode=sentinel"),
                Arguments.of(Map.of("url", url, "tls.truststore", "t.p12"), "GOOSE-3026", "rediss://"),
                Arguments.of(
                        Map.of("url", "rediss://localhost", "tls.truststore", "/nowhere.p12"),
                        "GOOSE-3026",
                        "/nowhere.p12"),
                Arguments.of(
                        Map.of("url", "rediss://localhost", "tls.verify-hostname", "maybe"), "GOOSE-3026", "'maybe'"),
                Arguments.of(
                        Map.of("url", "rediss://localhost", "tls.truststore-password", "p"),
                        "GOOSE-3026",
                        "goose.broker.main.tls.truststore"),
                Arguments.of(
                        Map.of("url", "rediss://localhost", "tls.keystore-type", "JKS"),
                        "GOOSE-3026",
                        "goose.broker.main.tls.keystore"),
                Arguments.of(
                        Map.of("url", url, "sentinel.password", "p"),
                        "GOOSE-3025",
                        "goose.broker.main.sentinel.master"),
                Arguments.of(
                        Map.of("url", url, "mode", "cluster", "sentinel.username", "u"),
                        "GOOSE-3025",
                        "goose.broker.main.sentinel.username"),
                Arguments.of(Map.of("url", url, "pool.max", "0"), "GOOSE-3027", "'0'"),
                Arguments.of(Map.of("url", url, "timeout", "5s"), "GOOSE-3028", "goose.broker.main.timeout"),
                Arguments.of(Map.of("url", url, "connect-timeout", "PT0S"), "GOOSE-3028", "PT0S"),
                Arguments.of(Map.of("url", url, "durability", "replicas"), "GOOSE-3029", "replicas:<n>"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("mistakes")
    void aMistake_isNamedWithItsKeyAndMend(Map<String, String> properties, String code, String part) {
        List<String> problems = new RedisBrokerFactory().problems(settings(properties));

        assertThat(problems).hasSize(1);
        assertThat(problems.get(0))
                .startsWith(code + ": ")
                .contains(part)
                .contains("goose.broker.main.")
                .contains(";");
    }

    @Test
    void allMistakes_areReportedTogether() {
        Map<String, String> properties =
                Map.of("url", "redis://localhost", "mode", "x", "pool.max", "many", "durability", "eternal");

        assertThat(new RedisBrokerFactory().problems(settings(properties))).hasSize(3);
    }

    @ParameterizedTest
    @MethodSource
    void aPasswordIsInNoMessage(Map<String, String> properties) {
        List<String> problems = new RedisBrokerFactory().problems(settings(properties));

        assertThat(problems).isNotEmpty().noneMatch(problem -> problem.contains("s3cret") || problem.contains("1234"));
    }

    static Stream<Map<String, String>> aPasswordIsInNoMessage() {
        return Stream.of(
                Map.of("url", "redis://user:s3cret@ho st/0"),
                Map.of("url", "redis://user:1234/s3cret@host"),
                Map.of("url", "redis://user:s3/cret1234@host"),
                Map.of("nodes", "user:s3cret@h1:1", "mode", "cluster"),
                Map.of("nodes", "user:s3cret,1234@h1:1", "mode", "cluster"),
                Map.of("nodes", "user:s3cret@h1:1,user:1234@h2", "mode", "cluster"),
                Map.of("nodes", "user:s3cret@h1:1,user:1234@h2"));
    }

    @Test
    void withoutTheClient_theMessageSaysWhatToAdd() throws Exception {
        try (WithoutLibrary jedis = WithoutLibrary.named("redis.clients.jedis.", "io.goose.broker.redis.")) {
            BrokerFactory factory = jedis.make(RedisBrokerFactory.class, BrokerFactory.class);
            assertThat(factory.keys()).contains("sentinel.master");
            assertThat(factory.problems(settings(Map.of("url", "redis://localhost"))))
                    .singleElement()
                    .asString()
                    .startsWith("GOOSE-3037: broker 'main' needs a Redis client that is not there (")
                    .endsWith("; add redis.clients:jedis to the application");
        }
    }

    @Test
    void aUrl_saysAlmostEverything() {
        RedisSettings read =
                SettingsReader.settings(settings(Map.of("url", "redis://goose:p%40ss@redis.internal:7000/3")));

        assertThat(read.mode()).isEqualTo(Mode.STANDALONE);
        assertThat(read.nodes()).containsExactly(new HostAndPort("redis.internal", 7000));
        assertThat(read.database()).isEqualTo(3);
        assertThat(read.username()).isEqualTo("goose");
        assertThat(read.password()).isEqualTo("p@ss");
        assertThat(read.durability()).isEqualTo(Durability.MEMORY);
        assertThat(read.timeout()).isEqualTo(Duration.ofSeconds(5));
        assertThat(read.connectTimeout()).isEqualTo(Duration.ofSeconds(2));
        assertThat(read.toString()).isEqualTo("redis://redis.internal:7000/3");
    }

    @Test
    void aMaster_meansSentinel() {
        RedisSettings read = SettingsReader.settings(
                settings(Map.of("sentinel.master", "jobs", "nodes", "s1, s2:1", "sentinel.password", "watch")));

        assertThat(read.mode()).isEqualTo(Mode.SENTINEL);
        assertThat(read.nodes()).containsExactly(new HostAndPort("s1", 26379), new HostAndPort("s2", 1));
        assertThat(read.toString()).contains("'jobs'").doesNotContain("watch");
    }

    @Test
    void theFactory_isFoundByTheServiceLoader() {
        assertThat(ServiceLoader.load(BrokerFactory.class)).anyMatch(RedisBrokerFactory.class::isInstance);
    }
}
