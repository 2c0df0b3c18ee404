package io.goose.it.rabbitmq;

import io.goose.tck.BrokerTck;
import io.goose.tck.TckSetUp;
import org.junit.jupiter.api.Tag;

/** What RabbitMQ alone can keep, on quorum queues, with crashes. */
@Tag("matrix")
final class QuorumMatrixIT extends BrokerTck.Whole {

    @Override
    protected TckSetUp setUp() {
        return RabbitSetUp.alone("quorum");
    }
}
