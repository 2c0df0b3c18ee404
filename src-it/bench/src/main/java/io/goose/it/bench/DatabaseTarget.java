package io.goose.it.bench;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.goose.it.server.DatabaseServer;
import io.goose.it.server.PostgreSql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The PostgreSQL that everything is measured on: our own, as durable as it is by default. */
final class DatabaseTarget implements Measured.Server, AutoCloseable {

    private static final int CONNECTIONS = 40;

    private final DatabaseServer server = PostgreSql.start("fsync=on", "shared_buffers=1GB", "max_wal_size=4GB");
    private final HikariDataSource pool = pool(CONNECTIONS);
    private final ProcessHandle process = process();

    /** A pool of its own, as another process has it. */
    HikariDataSource pool(int connections) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(server.jdbcUrl());
        config.setUsername(server.user());
        config.setPassword(server.password());
        config.setMaximumPoolSize(connections);
        return new HikariDataSource(config);
    }

    HikariDataSource pool() {
        return pool;
    }

    void run(String... statements) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            for (String each : statements) {
                statement.execute(each);
            }
        }
    }

    /** The first column of all rows. */
    List<String> lines(String query) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            List<String> lines = new ArrayList<>();
            while (rows.next()) {
                lines.add(rows.getString(1));
            }
            return lines;
        }
    }

    /** The parent of the processes that serve connections. */
    private ProcessHandle process() {
        try {
            long backend = Long.parseLong(lines("SELECT pg_backend_pid()").get(0));
            return ProcessHandle.of(backend).flatMap(ProcessHandle::parent).orElseThrow();
        } catch (SQLException failed) {
            throw new IllegalStateException(failed);
        }
    }

    /** Processor time of the processes that are there; connections are kept, so that none is missed. */
    @Override
    public long cpuNanos() {
        return process.children()
                .map(child -> child.info().totalCpuDuration().orElse(Duration.ZERO))
                .mapToLong(Duration::toNanos)
                .sum();
    }

    @Override
    public void close() {
        pool.close();
        server.close();
    }

    @Override
    public String toString() {
        return server.toString();
    }
}
