package io.goose.it.probe;

import io.goose.Cron;
import io.goose.Job;
import jakarta.enterprise.context.ApplicationScoped;

/** A job that recurs by its annotation, so seldom that it never runs in a test. */
@ApplicationScoped
public class RecurringJobs {

    /** Does nothing, once in four years. */
    @Job(name = "yearly")
    @Cron(value = "0 0 29 2 *", zone = "Europe/Paris")
    public void yearly() {}
}
