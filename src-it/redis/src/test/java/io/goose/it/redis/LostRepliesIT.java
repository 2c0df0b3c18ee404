package io.goose.it.redis;

import io.goose.it.server.FaultyProxy;
import io.goose.it.server.Redis;
import io.goose.it.server.RedisServer;
import io.goose.tck.BrokerUnderTest;
import io.goose.tck.LostReplyContract;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The connection is cut between the execution of a claim, settle or send and its answer, {@code -Dredis.cuts} times each. */
final class LostRepliesIT extends LostReplyContract {

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
    protected BrokerUnderTest create() {
        return RedisUnderTest.behind(proxy);
    }
}
