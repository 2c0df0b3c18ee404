package io.goose.it.rabbitmq;

import io.goose.tck.BrokerTck;
import io.goose.tck.TckSetUp;
import org.junit.jupiter.api.Tag;

/** What RabbitMQ alone can keep, on classic queues. */
@Tag("matrix")
final class ClassicMatrixIT extends BrokerTck.Whole {

    @Override
    protected TckSetUp setUp() {
        return RabbitSetUp.alone("classic");
    }
}
