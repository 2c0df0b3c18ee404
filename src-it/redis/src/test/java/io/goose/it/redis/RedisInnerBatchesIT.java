package io.goose.it.redis;

import io.goose.tck.BrokerUnderTest;
import io.goose.tck.engine.InnerBatchScenarios;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Batches in batches on a standalone Redis 7.0. */
final class RedisInnerBatchesIT extends InnerBatchScenarios {

    private static RedisSetUp setUp;

    @BeforeAll
    static void startServer() {
        setUp = RedisSetUp.standalone("7.0");
    }

    @AfterAll
    static void endServer() throws Exception {
        setUp.close();
    }

    @Override
    protected BrokerUnderTest create() {
        return new RedisUnderTest(setUp.properties());
    }
}
