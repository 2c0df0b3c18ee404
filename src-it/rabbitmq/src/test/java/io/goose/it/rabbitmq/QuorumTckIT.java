package io.goose.it.rabbitmq;

import io.goose.it.server.RabbitCluster;
import io.goose.it.server.RabbitMq;
import io.goose.tck.BrokerTck;
import io.goose.tck.BrokerUnderTest;
import io.goose.tck.TckSetUp;
import java.util.Map;

/** The contracts that RabbitMQ alone can keep, on quorum queues. */
final class QuorumTckIT extends BrokerTck.Whole {

    @Override
    protected TckSetUp setUp() {
        RabbitCluster rabbit = RabbitMq.start();
        return new TckSetUp() {
            @Override
            public BrokerUnderTest broker() {
                return new RabbitUnderTest(rabbit.node().uri(), Map.of());
            }

            @Override
            public void close() {
                rabbit.close();
            }
        };
    }
}
