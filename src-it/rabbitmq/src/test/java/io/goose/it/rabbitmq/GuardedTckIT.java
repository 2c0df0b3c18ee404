package io.goose.it.rabbitmq;

import io.goose.spi.Track;
import io.goose.tck.BrokerTck;
import io.goose.tck.TckSetUp;
import org.junit.jupiter.api.Tag;

/** RabbitMQ with a ledger that guards what has to be there. */
@Tag("matrix")
final class GuardedTckIT extends BrokerTck.WholeButCrashes {

    @Override
    protected TckSetUp setUp() {
        return RabbitSetUp.withH2("quorum", Track.GUARDED);
    }
}
