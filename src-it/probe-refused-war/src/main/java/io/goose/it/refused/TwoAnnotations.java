package io.goose.it.refused;

import io.goose.AsyncJob;
import io.goose.Job;
import jakarta.enterprise.context.ApplicationScoped;

/** A call either enqueues or it does not. */
@ApplicationScoped
public class TwoAnnotations {

    /** A method with both. */
    @Job
    @AsyncJob
    public void run() {}
}
