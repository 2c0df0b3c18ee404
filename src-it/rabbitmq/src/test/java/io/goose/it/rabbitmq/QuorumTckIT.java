package io.goose.it.rabbitmq;

import io.goose.tck.BrokerTck;
import io.goose.tck.TckSetUp;

/** What RabbitMQ alone can keep, on quorum queues; that of crashes with the matrix only. */
final class QuorumTckIT extends BrokerTck.WholeButCrashes {

    @Override
    protected TckSetUp setUp() {
        return RabbitSetUp.alone("quorum");
    }
}
