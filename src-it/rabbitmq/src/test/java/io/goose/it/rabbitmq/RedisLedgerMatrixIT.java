package io.goose.it.rabbitmq;

import io.goose.spi.Track;
import io.goose.tck.BrokerTck;
import io.goose.tck.TckSetUp;
import io.goose.tck.engine.EngineTck;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;

/** RabbitMQ with a ledger in Redis, of what has to be there and of every job. */
@Tag("matrix")
final class RedisLedgerMatrixIT {

    @Nested
    class Guarded extends BrokerTck.Whole {
        @Override
        protected TckSetUp setUp() {
            return RabbitSetUp.withRedis(Track.GUARDED);
        }
    }

    @Nested
    class Tracked extends BrokerTck.Whole {
        @Override
        protected TckSetUp setUp() {
            return RabbitSetUp.withRedis(Track.ALL);
        }
    }

    @Nested
    class Engines extends EngineTck.Whole {
        @Override
        protected TckSetUp setUp() {
            return RabbitSetUp.withRedis(Track.ALL);
        }
    }
}
