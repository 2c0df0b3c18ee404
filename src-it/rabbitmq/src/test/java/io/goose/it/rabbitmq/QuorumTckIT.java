package io.goose.it.rabbitmq;

import io.goose.tck.BrokerTck;
import io.goose.tck.TckSetUp;

/** The main of what RabbitMQ alone can keep, on quorum queues; all of it with the matrix. */
final class QuorumTckIT extends BrokerTck {

    @Override
    protected TckSetUp setUp() {
        return RabbitSetUp.alone("quorum");
    }
}
