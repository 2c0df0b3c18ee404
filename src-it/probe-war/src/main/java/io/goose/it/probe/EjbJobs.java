package io.goose.it.probe;

import io.goose.Job;
import io.goose.JobRun;
import io.goose.RetryLater;
import io.goose.it.observe.Surroundings;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.time.Duration;
import javax.sql.DataSource;

/** Jobs on a stateless session bean with container-managed transactions. */
@Stateless
public class EjbJobs {

    @Inject
    Observer observer;

    @Inject
    JobRun run;

    /** Looks around once. */
    @Job
    public void look(String key) {
        observer.record(key);
    }

    /** Inserts a row and fails in its first run: the container rolls the row back. */
    @Job(maxRetries = 3)
    public void insert(String key) throws Exception {
        DataSource source = (DataSource) Surroundings.lookup("java:comp/DefaultDataSource");
        try (Connection connection = source.getConnection();
                PreparedStatement insert =
                        connection.prepareStatement("INSERT INTO goose_probe (name, attempt) VALUES (?, ?)")) {
            insert.setString(1, key);
            insert.setInt(2, run.attempt());
            insert.executeUpdate();
        }
        observer.record(key);
        if (run.attempt() == 1) {
            throw new RetryLater(Duration.ofMillis(100));
        }
    }
}
