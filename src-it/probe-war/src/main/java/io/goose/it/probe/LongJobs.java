package io.goose.it.probe;

import io.goose.Job;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** A long job on a CDI bean. */
@ApplicationScoped
public class LongJobs {

    @Inject
    LongWork work;

    /** Looks around until the finish mark exists. */
    @Job(queue = "long")
    public void work(String key) throws InterruptedException {
        work.untilMarked(key);
    }
}
