package io.goose.it.transactions;

import io.goose.Job;
import io.goose.it.observe.Records;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.json.Json;

/** The jobs; what has run is in the records. */
@ApplicationScoped
public class TransactionJobs {

    /** Says that it ran. */
    @Job(queue = "tx")
    public void run(String key) {
        Records.write(Json.createObjectBuilder().add("key", key).build());
    }
}
