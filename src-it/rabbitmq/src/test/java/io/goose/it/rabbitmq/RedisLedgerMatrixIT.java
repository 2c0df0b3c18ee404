package io.goose.it.rabbitmq;

import io.goose.it.server.RabbitCluster;
import io.goose.it.server.RabbitMq;
import io.goose.it.server.RedisServer;
import io.goose.spi.Track;
import io.goose.tck.BrokerTck;
import io.goose.tck.BrokerUnderTest;
import io.goose.tck.TckSetUp;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

/** RabbitMQ with a ledger in Redis, of what has to be there and of every job. */
@Tag("matrix")
final class RedisLedgerMatrixIT {

    @Nested
    class Guarded extends BrokerTck.Whole {
        @Override
        protected TckSetUp setUp() {
            return new SetUp(RabbitMq.start(), RedisServer.startAny(), Track.GUARDED);
        }
    }

    @Nested
    class Tracked extends BrokerTck.Whole {
        @Override
        protected TckSetUp setUp() {
            return new SetUp(RabbitMq.start(), RedisServer.startAny(), Track.ALL);
        }
    }

    private record SetUp(RabbitCluster rabbit, RedisServer redis, Track track) implements TckSetUp {
        @Override
        public BrokerUnderTest broker() {
            return JoinedUnderTest.withRedis(
                    new RabbitUnderTest(rabbit.node().uri(), Map.of()),
                    redis.url().toString(),
                    track);
        }

        @Override
        public void close() {
            rabbit.close();
            redis.close();
        }
    }
}
