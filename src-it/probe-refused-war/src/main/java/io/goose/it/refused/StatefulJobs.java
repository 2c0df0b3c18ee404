package io.goose.it.refused;

import io.goose.Job;
import jakarta.ejb.Stateful;

/** A worker has no conversation with a stateful EJB. */
@Stateful
public class StatefulJobs {

    /** A method of it. */
    @Job
    public void run() {}
}
