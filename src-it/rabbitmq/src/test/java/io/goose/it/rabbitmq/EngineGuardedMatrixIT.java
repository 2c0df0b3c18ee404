package io.goose.it.rabbitmq;

import io.goose.spi.Track;
import io.goose.tck.TckSetUp;
import io.goose.tck.engine.EngineTck;
import org.junit.jupiter.api.Tag;

/** Engines on RabbitMQ with a ledger that guards what has to be there. */
@Tag("matrix")
final class EngineGuardedMatrixIT extends EngineTck.Whole {

    @Override
    protected TckSetUp setUp() {
        return RabbitSetUp.withH2("quorum", Track.GUARDED);
    }
}
