package io.goose.it.rabbitmq;

import io.goose.spi.Track;
import io.goose.tck.BrokerTck;
import io.goose.tck.TckSetUp;
import org.junit.jupiter.api.Tag;

/** RabbitMQ with a ledger that guards what has to be there, on classic queues, with crashes. */
@Tag("matrix")
final class GuardedMatrixIT extends BrokerTck.Whole {

    @Override
    protected TckSetUp setUp() {
        return RabbitSetUp.withH2("classic", Track.GUARDED);
    }
}
