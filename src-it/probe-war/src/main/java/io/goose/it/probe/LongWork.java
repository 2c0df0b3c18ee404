package io.goose.it.probe;

import io.goose.JobRun;
import io.goose.it.observe.Records;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.json.Json;
import java.nio.file.Files;

/** Work that lasts until it is told to end, to be under way while its application is undeployed. */
@ApplicationScoped
public class LongWork {

    @Inject
    Observer observer;

    @Inject
    JobRun run;

    /** Looks around five times a second until the finish mark exists. */
    public void untilMarked(String key) throws InterruptedException {
        observer.record(key + "/started");
        while (!Files.exists(Records.finishMark(key))) {
            observer.record(key + "/look");
            // The interrupt may have gone to a look: a pool answers it with an exception of its own.
            if (run.isCancelled()) {
                throw new InterruptedException("cancelled");
            }
            Thread.sleep(200);
        }
        Records.write(Json.createObjectBuilder()
                .add("key", key + "/done")
                .add("millis", System.currentTimeMillis())
                .build());
    }
}
