package io.goose.it.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.goose.it.server.DatabaseServer;
import io.goose.it.server.MariaDb;
import io.goose.it.server.PostgreSql;
import io.goose.tck.BrokerUnderTest;
import io.goose.tck.TckSetUp;
import java.util.logging.Level;
import java.util.logging.Logger;

/** A server that runs, and a pool of connections to it. */
public record DatabaseSetUp(DatabaseServer server, HikariDataSource pool) implements TckSetUp {

    /** It tells of each connection that breaks, which is what some tests are about. Kept, or the level is forgotten. */
    private static final Logger POOL = Logger.getLogger("com.zaxxer.hikari");

    static {
        POOL.setLevel(Level.SEVERE);
    }

    public static DatabaseSetUp postgreSql(String... settings) {
        DatabaseServer server = PostgreSql.start(settings);
        return new DatabaseSetUp(server, pool(server, server.jdbcUrl()));
    }

    public static DatabaseSetUp mariaDb() {
        DatabaseServer server = MariaDb.start();
        return new DatabaseSetUp(server, pool(server, server.jdbcUrl()));
    }

    /** Connections that may go another way than straight to the server. */
    static HikariDataSource pool(DatabaseServer server, String url) {
        return pool(server, url, 40);
    }

    static HikariDataSource pool(DatabaseServer server, String url, int most) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setUsername(server.user());
        config.setPassword(server.password());
        config.setMaximumPoolSize(most);
        config.setConnectionTimeout(5000);
        config.setMinimumIdle(2);
        config.setInitializationFailTimeout(-1);
        return new HikariDataSource(config);
    }

    /** A broker with a namespace of its own in the database. */
    @Override
    public BrokerUnderTest broker() {
        return new JdbcUnderTest(pool);
    }

    @Override
    public void close() {
        pool.close();
        server.close();
    }
}
