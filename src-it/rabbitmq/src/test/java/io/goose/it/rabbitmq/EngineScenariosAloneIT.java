package io.goose.it.rabbitmq;

import io.goose.tck.TckSetUp;
import io.goose.tck.engine.EngineTck;
import org.junit.jupiter.api.Tag;

/** Engines on RabbitMQ without a ledger, on classic queues. */
@Tag("matrix")
final class EngineScenariosAloneIT extends EngineTck {

    @Override
    protected TckSetUp setUp() {
        return RabbitSetUp.alone("classic");
    }
}
