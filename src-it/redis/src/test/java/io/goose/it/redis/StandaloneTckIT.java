package io.goose.it.redis;

import io.goose.it.server.FaultyProxy;
import io.goose.it.server.Redis;
import io.goose.it.server.RedisServer;
import io.goose.tck.BrokerUnderTest;
import io.goose.tck.LostReplyContract;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;

/** Every contract on a standalone Redis 7.0. */
final class StandaloneTckIT extends RedisTck.Whole {

    private static RedisServer server;
    private static FaultyProxy proxy;

    @BeforeAll
    static void start() {
        server = Redis.version("7.0").server().start();
        proxy = FaultyProxy.inFrontOf(server);
    }

    @AfterAll
    static void stop() {
        proxy.close();
        server.close();
    }

    @Override
    BrokerUnderTest broker() {
        return new RedisUnderTest(Map.of("url", server.url().toString()));
    }

    @Nested
    class LosesReplies extends LostReplyContract {
        @Override
        protected BrokerUnderTest create() {
            return RedisUnderTest.behind(proxy);
        }
    }
}
