package io.goose.it.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedisSentinelIT {

    @ParameterizedTest
    @ValueSource(strings = {"6.2", "7.0"})
    void killedPrimary_isReplaced_andComesBackAsReplica(String line) throws IOException {
        try (RedisSentinel setUp = Redis.version(line).sentinel().start()) {
            RedisServer former = setUp.primary();
            assertThat(former).isSameAs(setUp.servers().get(0));
            assertThat(setUp.sentinelAddresses()).hasSize(3);
            try (RespClient client = former.connect()) {
                client.call("SET", "key", "value");
                assertThat(client.number("WAIT", "2", "5000")).isEqualTo(2);
            }

            former.kill();
            RedisServer next = setUp.awaitFailover(former);

            assertThat(next).isNotSameAs(former);
            assertThat(next.call("GET", "key")).isEqualTo("value");
            assertThat(next.call("SET", "key", "after")).isEqualTo("OK");
            assertThat(setUp.primary()).isSameAs(next);

            former.start();
            setUp.awaitHealthy();
            assertThat(setUp.replicas()).hasSize(2).contains(former);
            assertThatThrownBy(() -> former.call("SET", "key", "x")).hasMessageStartingWith("READONLY");
        }
    }

    @Test
    void pausedPrimary_isReplaced_andSteppedDownAfterResume() throws IOException {
        try (RedisSentinel setUp = Redis.any()
                .sentinel()
                .password("s3cret")
                .servers(s -> s.appendOnly(Fsync.ALWAYS))
                .start()) {
            RedisServer former = setUp.primary();

            former.pause();
            RedisServer next = setUp.awaitFailover(former);
            former.resume();
            setUp.awaitHealthy();

            assertThat(setUp.primary()).isSameAs(next);
            try (RespClient client = former.connect()) {
                assertThat(client.list("ROLE").get(0)).isEqualTo("slave");
            }
        }
    }
}
