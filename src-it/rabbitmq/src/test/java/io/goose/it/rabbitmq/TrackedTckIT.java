package io.goose.it.rabbitmq;

import io.goose.spi.Track;
import io.goose.tck.BrokerTck;
import io.goose.tck.TckSetUp;

/** RabbitMQ with a ledger of every job. */
final class TrackedTckIT extends BrokerTck.WholeButCrashes {

    @Override
    protected TckSetUp setUp() {
        return RabbitSetUp.withH2("quorum", Track.ALL);
    }
}
