package io.goose.it.rabbitmq;

import io.goose.spi.Track;
import io.goose.tck.BrokerUnderTest;
import io.goose.tck.engine.EngineScenarios;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Engines on RabbitMQ with a ledger of every job. */
final class EngineScenariosIT extends EngineScenarios {

    private static RabbitSetUp setUp;

    @BeforeAll
    static void startServer() {
        setUp = RabbitSetUp.withH2("quorum", Track.ALL);
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
