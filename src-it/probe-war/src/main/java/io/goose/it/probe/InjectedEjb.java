package io.goose.it.probe;

import io.goose.GooseClient;
import io.goose.job.JobId;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;

/** An EJB with an injected client. */
@Stateless
public class InjectedEjb {

    @Inject
    GooseClient goose;

    /** Enqueues a job. */
    public JobId enqueue(String key) {
        return goose.performAsync(ContextJobs::look, key);
    }
}
