package io.goose.it.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import org.junit.jupiter.api.Test;

class RedisTest {

    @Test
    void versionNobodyHas_failsWithEverythingTriedAndEveryWayToMend() {
        assertThatThrownBy(() -> Redis.version("99.0").server())
                .isInstanceOf(ServerUnavailableException.class)
                .hasMessageContainingAll(
                        "Redis 99.0 is needed",
                        "PATH: ",
                        "embedded-redis: 6.2.",
                        "Docker: ",
                        "apt: ",
                        "-Dit.redis.url");
    }

    @Test
    void givenServer_isUsedAndLeftAlone() throws IOException {
        try (RedisServer redis = Redis.any().server().password("s3cret").start()) {
            try (RedisEndpoint given = GivenRedis.at(redis.url())) {
                assertThat(given.url()).isEqualTo(redis.url());
                assertThat(given.version()).isEqualTo(redis.version());
            }
            assertThat(redis.call("PING")).isEqualTo("PONG");
        }
    }

    @Test
    void givenServerThatDoesNotAnswer_isAnError() {
        int nobody = FreePorts.next();
        assertThatThrownBy(() -> GivenRedis.at(URI.create("redis://127.0.0.1:" + nobody)))
                .isInstanceOf(ServerUnavailableException.class)
                .hasMessageContainingAll("-Dit.redis.url", "127.0.0.1:" + nobody);
    }

    @Test
    void binaryFromMavenCentral_startsHere() throws IOException {
        RedisBinary binary = EmbeddedRedis.extract(WorkDirectory.fresh("bin")).orElseThrow();
        assertThat(binary.version().sameLine(Version.parse("6.2"))).isTrue();
        try (RedisServer redis = new RedisServer.Builder(binary).start()) {
            assertThat(redis.call("PING")).isEqualTo("PONG");
        }
    }

    @Test
    void versions_compareByNumberAndLine() {
        assertThat(Version.parse("7.0.15")).isGreaterThan(Version.parse("7.0.9"));
        assertThat(Version.parse("7.0.15").sameLine(Version.parse("7.0"))).isTrue();
        assertThat(Version.parse("7.2").sameLine(Version.parse("7.0"))).isFalse();
        assertThat(Version.find("v=", "Redis server v=6.2.11 sha=0")).contains(new Version(6, 2, 11));
        assertThatThrownBy(() -> Version.parse("latest")).hasMessageContaining("'latest' is no version");
    }
}
