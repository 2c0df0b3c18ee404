package io.goose.it.probe;

import io.goose.Job;
import io.goose.it.observe.Records;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.Dependent;
import jakarta.inject.Inject;
import jakarta.json.Json;

/** A job on a dependent bean, which must be destroyed after each attempt. */
@Dependent
public class DependentJobs {

    @Inject
    Observer observer;

    private String key = "";

    /** Looks around once. */
    @Job
    public void look(String key) {
        this.key = key;
        observer.record(key);
    }

    @PreDestroy
    void end() {
        if (!key.isEmpty()) {
            Records.write(
                    Json.createObjectBuilder().add("key", key + "/destroyed").build());
        }
    }
}
