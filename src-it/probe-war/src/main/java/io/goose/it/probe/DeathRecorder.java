package io.goose.it.probe;

import io.goose.JobFailureHandler;
import io.goose.JobRun;
import io.goose.it.observe.Records;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.json.Json;

/** Records failures and deaths under {@code error/<job id>} and {@code death/<job id>}. */
@ApplicationScoped
public class DeathRecorder implements JobFailureHandler {

    @Override
    public void onError(JobRun run, Throwable failure) {
        record("error/", run, failure);
    }

    @Override
    public void onDeath(JobRun run, Throwable failure) {
        record("death/", run, failure);
    }

    private static void record(String kind, JobRun run, Throwable failure) {
        Records.write(Json.createObjectBuilder()
                .add("key", kind + run.id())
                .add("handler", run.handler())
                .add("failure", failure.getClass().getName())
                .add("message", String.valueOf(failure.getMessage()))
                .build());
    }
}
