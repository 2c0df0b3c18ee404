package io.goose.it.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.it.server.FaultyProxy;
import io.goose.it.server.Fsync;
import io.goose.it.server.Redis;
import io.goose.it.server.RedisServer;
import io.goose.spi.Session;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Branches on one server that fsyncs always. */
final class BranchesIT extends BranchesBase {

    private @Nullable RedisServer server;

    @Override
    Map<String, String> start(List<FaultyProxy> through) {
        RedisServer started =
                Redis.version("7.0").server().appendOnly(Fsync.ALWAYS).start();
        server = started;
        FaultyProxy proxy = FaultyProxy.inFrontOf(started);
        through.add(proxy);
        return Map.of("url", "redis://" + proxy.host() + ":" + proxy.port());
    }

    @Override
    List<RedisServer> servers() {
        RedisServer started = server;
        return started == null ? List.of() : List.of(started);
    }

    @Override
    void stop() {
        servers().forEach(RedisServer::close);
    }

    /** Its transaction manager may never come back; it is not decided all the same. */
    @Test
    void aBranchThatNobodyDecides_isNamedByAWorker_andOneThatCannotBeReadIsLeftAlone() throws IOException {
        RedisServer redis = servers().get(0);
        String longAgo =
                String.valueOf(Instant.now().minus(Duration.ofMinutes(11)).toEpochMilli());
        String now = String.valueOf(Instant.now().toEpochMilli());
        redis.call(
                "HSET", list(), "7-0a-0b", "P|" + longAgo + "|3|1|orders mails", "7-0c-0d", "P|" + now + "|1|0|orders");
        redis.call("HSET", list(), "8-0e-0f", "P|soon");
        try (LogCapture log = LogCapture.of("io.goose.broker.redis");
                Session worker = open()) {
            worker.sweep();
            worker.sweep();

            assertThat(log.messages())
                    .filteredOn(line -> line.startsWith("GOOSE-4210"))
                    .singleElement()
                    .satisfies(line ->
                            assertThat(line).contains("7-0a-0b", "3 jobs to send", "1 to complete", "[orders, mails]"));
            assertThat(log.messages()).anyMatch(line -> line.startsWith("GOOSE-4211") && line.contains("8-0e-0f"));
        }
        assertThat(redis.call("HLEN", list())).isEqualTo(3L);
    }
}
