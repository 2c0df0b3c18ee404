package io.goose.it.rabbitmq;

import io.goose.spi.Track;
import io.goose.tck.BrokerTck;
import io.goose.tck.TckSetUp;

/** The main contracts on RabbitMQ with a ledger of every job; all of them with the matrix. */
final class TrackedTckIT extends BrokerTck {

    @Override
    protected TckSetUp setUp() {
        return RabbitSetUp.withH2("quorum", Track.ALL);
    }
}
