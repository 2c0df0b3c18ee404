package io.goose.it.xa;

import io.goose.Job;
import io.goose.it.observe.Records;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.json.Json;

/** The jobs; what has run is in the records. */
@ApplicationScoped
public class XaJobs {

    /** Says that it ran. */
    @Job(queue = "orders")
    public void order(String key) {
        Records.write(Json.createObjectBuilder().add("key", key).build());
    }
}
