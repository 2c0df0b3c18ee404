package io.goose.it.probe;

import io.goose.Job;
import jakarta.ejb.Singleton;
import jakarta.inject.Inject;

/** A job on a singleton session bean with the default lock. */
@Singleton
public class WriteLockedJobs {

    @Inject
    Observer observer;

    /** Looks around once. */
    @Job
    public void look(String key) {
        observer.record(key);
    }
}
