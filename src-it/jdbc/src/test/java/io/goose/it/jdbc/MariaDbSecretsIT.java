package io.goose.it.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.goose.broker.jdbc.JdbcBrokerFactory;
import io.goose.it.server.DatabaseServer;
import io.goose.it.server.MariaDb;
import io.goose.se.Goose;
import io.goose.se.GooseBuilder;
import io.goose.tck.PlantedSecretsContract;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Secrets and what is logged of a database. Of those that there are MariaDB is the one whose passwords are looked at here. */
final class MariaDbSecretsIT extends PlantedSecretsContract {

    private static final String USER = "planted";

    private final DatabaseServer server = MariaDb.start();
    private final List<HikariDataSource> pools = new ArrayList<>();

    @BeforeEach
    void createUser() throws SQLException {
        try (Connection connection = DriverManager.getConnection(server.jdbcUrl(), server.user(), server.password());
                Statement statement = connection.createStatement()) {
            statement.execute("SET PASSWORD = PASSWORD('" + PASSWORD + "')");
        }
    }

    @AfterEach
    void endServer() {
        pools.forEach(HikariDataSource::close);
        server.close();
    }

    @Override
    protected GooseBuilder goose(String password) {
        HikariConfig config = new HikariConfig();
        config.setPoolName(USER);
        config.setJdbcUrl(server.jdbcUrl());
        config.setUsername(server.user());
        config.setPassword(password);
        config.setConnectionTimeout(2000);
        config.setInitializationFailTimeout(-1);
        HikariDataSource pool = new HikariDataSource(config);
        pools.add(pool);
        return Goose.builder().brokerFactory(JdbcBrokerFactory.of(pool)).config("goose.broker.main.kind", "jdbc");
    }

    /** The driver shows each packet at its finest level. */
    @Override
    protected List<String> tellTales() {
        return List.of("org.mariadb.jdbc");
    }

    @Override
    protected void kill() {
        server.kill();
    }

    @Override
    protected void start() {
        server.start();
    }

    @Override
    protected String refusal() {
        return "Access denied for user";
    }
}
