package io.goose.it.transactions;

import io.goose.GooseClient;
import io.goose.admin.QueueAdmin;
import javax.sql.DataSource;

/**
 * A broker with the data source in which the application keeps what belongs to its jobs.
 *
 * @param client of the broker
 * @param queues of the broker
 * @param data of the application
 */
public record Target(GooseClient client, QueueAdmin queues, DataSource data) {

    /** Writes a row and enqueues a job, both with this key. */
    void send(String key) throws Exception {
        Rows.insert(data, key);
        enqueue(key);
    }

    /** Enqueues a job alone. */
    void enqueue(String key) {
        client.performAsync(TransactionJobs::run, key);
    }
}
