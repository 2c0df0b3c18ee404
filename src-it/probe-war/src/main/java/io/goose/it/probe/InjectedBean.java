package io.goose.it.probe;

import io.goose.GooseClient;
import io.goose.job.JobId;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** A CDI bean with an injected client. */
@ApplicationScoped
public class InjectedBean {

    @Inject
    GooseClient goose;

    /** Enqueues a job. */
    public JobId enqueue(String key) {
        return goose.performAsync(ContextJobs::look, key);
    }
}
