package io.goose.it.rabbitmq;

import io.goose.tck.BrokerUnderTest;
import io.goose.tck.engine.EngineScenarios;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

/** Engines on RabbitMQ without a ledger, on classic queues. */
@Tag("matrix")
final class EngineScenariosAloneIT extends EngineScenarios {

    private static RabbitSetUp setUp;

    @BeforeAll
    static void startServer() {
        setUp = RabbitSetUp.alone("classic");
    }

    @AfterAll
    static void endServer() {
        setUp.close();
    }

    @Override
    protected BrokerUnderTest create() {
        return setUp.broker();
    }
}
