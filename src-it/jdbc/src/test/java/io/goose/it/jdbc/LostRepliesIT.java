package io.goose.it.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import io.goose.tck.BrokerUnderTest;
import io.goose.tck.LostReplyContract;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** The connection is cut between a COMMIT on PostgreSQL and its answer, {@code -Djdbc.cuts} times in each test. */
final class LostRepliesIT extends LostReplyContract {

    private static DatabaseSetUp setUp;
    private static PostgreSqlProxy proxy;
    private static HikariDataSource throughProxy;

    @BeforeAll
    static void start() {
        setUp = DatabaseSetUp.postgreSql();
        proxy = new PostgreSqlProxy(setUp.server());
        throughProxy = DatabaseSetUp.pool(setUp.server(), proxy.jdbcUrl());
    }

    @AfterAll
    static void end() {
        throughProxy.close();
        proxy.close();
        setUp.close();
    }

    @Override
    protected BrokerUnderTest create() {
        return new JdbcUnderTest(throughProxy, proxy);
    }
}
