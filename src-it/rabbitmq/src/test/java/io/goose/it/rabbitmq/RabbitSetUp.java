package io.goose.it.rabbitmq;

import io.goose.it.server.RabbitCluster;
import io.goose.it.server.RabbitMq;
import io.goose.spi.Track;
import io.goose.tck.BrokerUnderTest;
import io.goose.tck.TckSetUp;
import java.util.Map;
import java.util.function.Function;

/** A node that runs, and what is made of it for each test. */
record RabbitSetUp(RabbitCluster rabbit, Function<RabbitCluster, BrokerUnderTest> brokers) implements TckSetUp {

    /** RabbitMQ alone. */
    static RabbitSetUp alone(String type) {
        return new RabbitSetUp(RabbitMq.start(), rabbit -> underTest(rabbit, type));
    }

    /** RabbitMQ with a ledger in a database. */
    static RabbitSetUp withH2(String type, Track track) {
        return new RabbitSetUp(RabbitMq.start(), rabbit -> JoinedUnderTest.withH2(underTest(rabbit, type), track));
    }

    private static RabbitUnderTest underTest(RabbitCluster rabbit, String type) {
        return new RabbitUnderTest(rabbit.node().uri(), Map.of("queue-type", type));
    }

    @Override
    public BrokerUnderTest broker() {
        return brokers.apply(rabbit);
    }

    @Override
    public void close() {
        rabbit.close();
    }
}
