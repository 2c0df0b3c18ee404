package io.goose.it.probe;

import io.goose.AsyncJob;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** A job that proxies may pass by. */
@ApplicationScoped
public class HiddenJobs {

    @Inject
    Observer observer;

    @AsyncJob
    void look(String key) {
        observer.record(key);
    }
}
