package io.goose.it.probe;

import io.goose.AsyncJob;
import io.goose.Job;
import io.goose.job.JobId;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import org.jspecify.annotations.Nullable;

/** Jobs on an EJB that has a local interface and no other view. */
@Stateless
public class LocalEjb implements LocalView {

    @Inject
    Observer observer;

    @Override
    @Job
    public void look(String key) {
        observer.record(key);
    }

    @Override
    @AsyncJob
    public @Nullable JobId identified(String key) {
        observer.record(key);
        return null;
    }
}
