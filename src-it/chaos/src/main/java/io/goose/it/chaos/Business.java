package io.goose.it.chaos;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.Set;
import javax.sql.DataSource;

/** The application's own table, in which each transaction writes the ids of the jobs that it enqueues. */
final class Business {

    private static final String WRITE = "INSERT INTO business (job) VALUES (?)";

    private Business() {}

    static void create(DataSource source) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            statement.executeUpdate("CREATE TABLE business (job VARCHAR(64) PRIMARY KEY)");
        }
    }

    static void write(DataSource source, String job) throws SQLException {
        try (Connection connection = source.getConnection();
                PreparedStatement statement = connection.prepareStatement(WRITE)) {
            statement.setString(1, job);
            statement.executeUpdate();
        }
    }

    /** The jobs of transactions that have committed: these are to run, and no others. */
    static Set<String> committed(DataSource source) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT job FROM business")) {
            Set<String> jobs = new HashSet<>();
            while (rows.next()) {
                jobs.add(rows.getString(1));
            }
            return jobs;
        }
    }
}
