package io.goose.it.xabean;

import io.goose.Job;
import io.goose.JobRun;
import io.goose.it.observe.Surroundings;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import javax.naming.NamingException;
import javax.sql.DataSource;

/** Jobs that write a row each, in the transaction that surrounds them. */
@ApplicationScoped
public class BeanJobs {

    private static final String DATA_SOURCE = System.getenv("IT_DATA_SOURCES") + "xa";

    @Inject
    JobRun run;

    /** Writes its row. */
    @Job
    public void row(String key) throws SQLException, NamingException {
        insert(key);
    }

    /** Writes a row that has the number of the attempt, and fails at first. */
    @Job(maxRetries = 1, retryDelay = "fixed:PT0.1S", transactional = true)
    public void failOnce(String key) throws SQLException, NamingException {
        insert(key + "/" + run.attempt());
        if (run.attempt() == 1) {
            throw new IllegalStateException("as told");
        }
    }

    /** The same, but what keeps the transaction from committing at first is that it is marked. */
    @Job(maxRetries = 1, retryDelay = "fixed:PT0.1S")
    public void markOnce(String key) throws SQLException, NamingException {
        insert(key + "/" + run.attempt());
        if (run.attempt() == 1) {
            ((TransactionSynchronizationRegistry) Surroundings.lookup("java:comp/TransactionSynchronizationRegistry"))
                    .setRollbackOnly();
        }
    }

    /** Writes nothing: it is alone in its transaction. */
    @Job
    public void alone(String key) {
        // that is all
    }

    private static void insert(String key) throws SQLException, NamingException {
        DataSource source = (DataSource) Surroundings.lookup(DATA_SOURCE);
        try (Connection connection = source.getConnection();
                PreparedStatement insert = connection.prepareStatement("INSERT INTO shop (name) VALUES (?)")) {
            insert.setString(1, key);
            insert.executeUpdate();
        }
    }
}
