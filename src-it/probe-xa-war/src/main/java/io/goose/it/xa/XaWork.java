package io.goose.it.xa;

import io.goose.GooseClient;
import io.goose.Unique;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.sql.SQLException;
import javax.naming.NamingException;

/** What is done in a transaction. The keys of a row's jobs begin with that of the row. */
@ApplicationScoped
public class XaWork {

    @Inject
    GooseClient goose;

    /**
     * Does it.
     *
     * @param what a row and a job on each of two queues, one of them first; jobs without a row, on two queues or on one; or a unique job
     *     beside a row
     */
    void run(String what, String key) throws SQLException, NamingException {
        switch (what) {
            case "rowFirst" -> {
                XaRows.insert(key);
                enqueue(key);
            }
            case "jobsFirst" -> {
                enqueue(key);
                XaRows.insert(key);
            }
            case "jobsAlone" -> enqueue(key);
            case "jobAlone" -> goose.performAsync(XaJobs::order, key + "/order");
            case "unique" -> {
                XaRows.insert(key);
                goose.with(options -> options.unique(Unique.untilEnded())).performAsync(XaJobs::order, key + "/order");
            }
            default -> throw new IllegalArgumentException(what);
        }
    }

    private void enqueue(String key) {
        goose.performAsync(XaJobs::order, key + "/order");
        goose.with(options -> options.queue("mails")).performAsync(XaJobs::order, key + "/mail");
    }
}
