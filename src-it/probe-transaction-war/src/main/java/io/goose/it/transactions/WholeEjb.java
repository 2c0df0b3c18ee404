package io.goose.it.transactions;

import io.goose.Job;
import io.goose.JobRun;
import jakarta.ejb.LocalBean;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;

/** A transactional job of an EJB, whose container-managed transaction joins that of the job. */
@Stateless
@LocalBean
public class WholeEjb {

    @Inject
    WholeWork work;

    @Inject
    JobRun run;

    /** The same as on a CDI bean. */
    @Job(queue = "whole", transactional = true, retryDelay = "fixed:PT0S")
    public void contained(String how, String broker, String key) throws Exception {
        work.attempt(how, broker, key, run.attempt());
    }
}
