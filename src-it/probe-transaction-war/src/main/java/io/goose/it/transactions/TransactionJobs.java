package io.goose.it.transactions;

import io.goose.Job;
import io.goose.it.observe.Records;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.json.Json;
import java.sql.Connection;
import java.sql.SQLException;
import javax.naming.NamingException;

/** The jobs; what has run is in the records. */
@ApplicationScoped
public class TransactionJobs {

    @Inject
    Targets targets;

    /** Says that it ran. */
    @Job(queue = "tx")
    public void run(String key) {
        Records.write(Json.createObjectBuilder().add("key", key).build());
    }

    /** Leaves a row on a connection that it closes without a commit; it is the container's to roll back. */
    @Job(queue = "tx")
    public void leaves(String key) throws SQLException, NamingException {
        insert(key, false);
        run(key);
    }

    /** Commits a row without a transaction of the container. */
    @Job(queue = "tx")
    public void commits(String key) throws SQLException, NamingException {
        insert(key, true);
        run(key);
    }

    private void insert(String key, boolean commits) throws SQLException, NamingException {
        try (Connection connection = targets.target("main").data().getConnection()) {
            connection.setAutoCommit(false);
            Rows.insert(connection, key);
            if (commits) {
                connection.commit();
            }
        }
    }
}
