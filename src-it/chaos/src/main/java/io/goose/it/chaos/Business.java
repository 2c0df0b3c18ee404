package io.goose.it.chaos;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import javax.sql.DataSource;

/**
 * The application's own tables: in one each transaction writes the ids of the jobs that it enqueues, in the other each job that
 * is a transaction writes its own.
 */
final class Business {

    private static final String WRITE = "INSERT INTO business (job) VALUES (?)";
    private static final String EFFECT = "INSERT INTO effect (job) VALUES (?)";

    private Business() {}

    static void create(DataSource source) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            statement.executeUpdate("CREATE TABLE business (job VARCHAR(64) PRIMARY KEY)");
            statement.executeUpdate("CREATE TABLE effect (job VARCHAR(64) NOT NULL)");
        }
    }

    static void write(DataSource source, String job) throws SQLException {
        insert(source, WRITE, job);
    }

    static void noteEffect(DataSource source, String job) throws SQLException {
        insert(source, EFFECT, job);
    }

    private static void insert(DataSource source, String insert, String job) throws SQLException {
        try (Connection connection = source.getConnection();
                PreparedStatement statement = connection.prepareStatement(insert)) {
            statement.setString(1, job);
            statement.executeUpdate();
        }
    }

    /** The jobs of transactions that have committed: these are to run, and no others. */
    static Set<String> committed(DataSource source) throws SQLException {
        return Set.copyOf(jobs(source, "SELECT job FROM business"));
    }

    /** What each job has written that is a transaction, as often as that was committed. */
    static List<String> effects(DataSource source) throws SQLException {
        return jobs(source, "SELECT job FROM effect");
    }

    private static List<String> jobs(DataSource source, String query) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            List<String> jobs = new ArrayList<>();
            while (rows.next()) {
                jobs.add(rows.getString(1));
            }
            return jobs;
        }
    }
}
