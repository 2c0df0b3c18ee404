package io.goose.it.rabbitmq;

import io.goose.spi.Track;
import io.goose.tck.TckSetUp;
import io.goose.tck.engine.EngineTck;

/** Engines on RabbitMQ with a ledger of every job. */
final class EngineScenariosIT extends EngineTck.Whole {

    @Override
    protected TckSetUp setUp() {
        return RabbitSetUp.withH2("quorum", Track.ALL);
    }
}
