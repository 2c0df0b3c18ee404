package io.goose.it.rabbitmq;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.goose.it.server.DatabaseServer;
import io.goose.it.server.PostgreSql;
import io.goose.it.server.RabbitCluster;
import io.goose.it.server.RabbitMq;
import io.goose.it.server.RedisServer;
import io.goose.spi.Track;
import io.goose.tck.BrokerUnderTest;
import io.goose.tck.TckSetUp;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * A node that runs, and what is made of it for each test.
 *
 * @param ledgers what is ended after the node, in this order
 */
record RabbitSetUp(RabbitCluster rabbit, Function<RabbitCluster, BrokerUnderTest> brokers, List<AutoCloseable> ledgers)
        implements TckSetUp {

    /** RabbitMQ alone. */
    static RabbitSetUp alone(String type) {
        return new RabbitSetUp(RabbitMq.start(), rabbit -> underTest(rabbit, type), List.of());
    }

    /** RabbitMQ with a ledger in a database in memory. */
    static RabbitSetUp withH2(String type, Track track) {
        return new RabbitSetUp(
                RabbitMq.start(), rabbit -> JoinedUnderTest.withH2(underTest(rabbit, type), track), List.of());
    }

    /** RabbitMQ with a ledger in PostgreSQL. */
    static RabbitSetUp withPostgreSql(Track track) {
        DatabaseServer database = PostgreSql.start();
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(database.jdbcUrl());
        config.setUsername(database.user());
        config.setPassword(database.password());
        config.setMaximumPoolSize(40);
        config.setMinimumIdle(2);
        HikariDataSource pool = new HikariDataSource(config);
        return new RabbitSetUp(
                RabbitMq.start(),
                rabbit -> JoinedUnderTest.withDatabase(underTest(rabbit, "quorum"), pool, track),
                List.of(pool, database));
    }

    /** RabbitMQ with a ledger in Redis. */
    static RabbitSetUp withRedis(Track track) {
        RedisServer redis = RedisServer.startAny();
        return new RabbitSetUp(
                RabbitMq.start(),
                rabbit -> JoinedUnderTest.withRedis(
                        underTest(rabbit, "quorum"), redis.url().toString(), track),
                List.of(redis));
    }

    private static RabbitUnderTest underTest(RabbitCluster rabbit, String type) {
        return new RabbitUnderTest(rabbit.node().uri(), Map.of("queue-type", type));
    }

    @Override
    public BrokerUnderTest broker() {
        return brokers.apply(rabbit);
    }

    @Override
    public void close() throws Exception {
        rabbit.close();
        for (AutoCloseable ledger : ledgers) {
            ledger.close();
        }
    }
}
