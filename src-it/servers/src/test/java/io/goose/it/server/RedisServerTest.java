package io.goose.it.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedisServerTest {

    private static TlsFiles files;
    private static TlsFiles strangers;

    @BeforeAll
    static void makeKeys() {
        files = TlsFiles.create();
        strangers = TlsFiles.create();
    }

    @ParameterizedTest
    @ValueSource(strings = {"6.2", "7.0"})
    void versionAskedFor_isTheVersionThatRuns(String line) throws IOException {
        try (RedisServer redis = Redis.version(line).server().start()) {
            assertThat(redis.call("PING")).isEqualTo("PONG");
            assertThat((String) redis.call("INFO", "server")).contains("redis_version:" + line + ".");
            assertThat(redis.version().sameLine(Version.parse(line))).isTrue();
        }
    }

    @Test
    void killedServer_keepsWhatItAcknowledged_whenItSyncsAlways() throws IOException {
        try (RedisServer redis = Redis.any().server().appendOnly(Fsync.ALWAYS).start()) {
            for (int i = 0; i < 1_000; i++) {
                redis.call("RPUSH", "acknowledged", "job-" + i);
            }

            redis.kill();
            assertThat(redis.isRunning()).isFalse();
            assertThatThrownBy(redis::connect).isInstanceOf(ConnectException.class);

            redis.start();
            assertThat(redis.call("LLEN", "acknowledged")).isEqualTo(1_000L);
        }
    }

    @Test
    void restartedServer_hasTheSameAddress_andForgetsWithoutAppendOnlyFile() throws IOException {
        try (RedisServer redis = RedisServer.startAny()) {
            redis.call("SET", "key", "value");
            URI before = redis.url();

            redis.restart();

            assertThat(redis.url()).isEqualTo(before);
            assertThat(redis.call("EXISTS", "key")).isEqualTo(0L);
        }
    }

    @Test
    void pausedServer_takesConnectionsAndAnswersOnlyAfterResume() throws IOException {
        try (RedisServer redis = RedisServer.startAny()) {
            redis.pause();
            assertThat(redis.isRunning()).isTrue();
            try (RespClient client = RespClient.connect(redis.host(), redis.port(), Duration.ofSeconds(2))) {
                client.send("PING");
                assertThatThrownBy(client::receive).isInstanceOf(SocketTimeoutException.class);

                redis.resume();
                assertThat(client.receive()).isEqualTo("PONG");
            }
        }
    }

    @Test
    void pausedServer_canBeStoppedAndKilled() {
        try (RedisServer redis = RedisServer.startAny()) {
            redis.pause();
            redis.stop();
            assertThat(redis.isRunning()).isFalse();

            redis.start();
            redis.pause();
            redis.kill();
            assertThat(redis.isRunning()).isFalse();
        }
    }

    @Test
    void stoppedServer_stopsAndStartsTwiceWithoutEffect() throws IOException {
        try (RedisServer redis = RedisServer.startAny()) {
            redis.stop();
            redis.stop();
            redis.kill();
            redis.start();
            redis.start();
            assertThat(redis.call("PING")).isEqualTo("PONG");
        }
    }

    @Test
    void password_isAskedForAndInTheUrl() throws IOException {
        try (RedisServer redis = Redis.any().server().password("s3cret").start()) {
            assertThat(redis.url()).hasToString("redis://:s3cret@127.0.0.1:" + redis.port());
            assertThat(redis.call("PING")).isEqualTo("PONG");
            try (RespClient client = RespClient.connect(redis.host(), redis.port(), Duration.ofSeconds(60))) {
                assertThatThrownBy(() -> client.call("PING"))
                        .isInstanceOfSatisfying(
                                RespException.class, e -> assertThat(e.kind()).isEqualTo("NOAUTH"));
            }
        }
    }

    @Test
    void aclUser_mayDoWhatItsRulesSay() throws IOException {
        try (RedisServer redis = Redis.any()
                        .server()
                        .user("worker", "pw", "~goose:*", "+@all", "-config")
                        .start();
                RespClient client = redis.connect()) {
            client.call("AUTH", "worker", "pw");
            assertThat(client.call("SET", "goose:a", "1")).isEqualTo("OK");
            assertThatThrownBy(() -> client.call("SET", "other", "1")).hasMessageStartingWith("NOPERM");
            assertThatThrownBy(() -> client.call("CONFIG", "GET", "maxmemory")).hasMessageStartingWith("NOPERM");
        }
    }

    @Test
    void evictionPolicy_isTheOneSet() throws IOException {
        try (RedisServer redis =
                Redis.any().server().maxMemory("100mb", "allkeys-lru").start()) {
            assertThat(redis.call("CONFIG", "GET", "maxmemory-policy"))
                    .isEqualTo(List.of("maxmemory-policy", "allkeys-lru"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"6.2", "7.0"})
    void tlsServer_answersWhoTrustsItsAuthority_andNobodyElse(String line) throws IOException {
        try (RedisServer redis = Redis.version(line).server().tls(files).start()) {
            assertThat(redis.url().getScheme()).isEqualTo("rediss");
            assertThat(redis.call("PING")).isEqualTo("PONG");
            assertThatThrownBy(() -> RespClient.connect(
                                    strangers.clientContext().getSocketFactory(),
                                    redis.host(),
                                    redis.port(),
                                    Duration.ofSeconds(60))
                            .call("PING"))
                    .isInstanceOf(SSLHandshakeException.class);
        }
    }

    @Test
    void badConfiguration_failsWithTheServersOwnWords() {
        assertThatThrownBy(() ->
                        Redis.any().server().config("no-such-directive", "1").start())
                .isInstanceOf(ServerUnavailableException.class)
                .hasMessageContaining("no-such-directive");
    }

    @Test
    void takenPort_failsWithTheServersOwnWords() {
        try (RedisServer redis = RedisServer.startAny()) {
            assertThatThrownBy(() -> Redis.any().server().port(redis.port()).start())
                    .isInstanceOf(ServerUnavailableException.class)
                    .hasMessageContaining("Address already in use");
        }
    }
}
