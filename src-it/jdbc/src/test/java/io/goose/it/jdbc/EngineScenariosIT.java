package io.goose.it.jdbc;

import io.goose.tck.BrokerUnderTest;
import io.goose.tck.engine.EngineScenarios;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Engines on PostgreSQL. */
final class EngineScenariosIT extends EngineScenarios {

    private static DatabaseSetUp setUp;

    @BeforeAll
    static void startServer() {
        setUp = DatabaseSetUp.postgreSql();
    }

    @AfterAll
    static void endServer() {
        setUp.close();
    }

    @Override
    protected BrokerUnderTest create() {
        return new JdbcUnderTest(setUp.pool());
    }
}
