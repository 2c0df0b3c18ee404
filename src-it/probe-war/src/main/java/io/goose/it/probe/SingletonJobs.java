package io.goose.it.probe;

import io.goose.Job;
import jakarta.ejb.Lock;
import jakarta.ejb.LockType;
import jakarta.ejb.Singleton;
import jakarta.inject.Inject;

/** A job on a singleton session bean. */
@Singleton
@Lock(LockType.READ)
public class SingletonJobs {

    @Inject
    Observer observer;

    /** Looks around once. */
    @Job
    public void look(String key) {
        observer.record(key);
    }
}
