package io.goose.it.transactions;

import io.goose.Job;
import io.goose.JobRun;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.transaction.Transactional;

/** Transactional jobs of a CDI bean. */
@ApplicationScoped
public class WholeJobs {

    @Inject
    WholeWork work;

    @Inject
    JobRun run;

    /** In the job's transaction alone. */
    @Job(queue = "whole", transactional = true, retryDelay = "fixed:PT0S")
    public void plain(String how, String broker, String key) throws Exception {
        work.attempt(how, broker, key, run.attempt());
    }

    /** Joins the job's transaction. */
    @Job(queue = "whole", transactional = true, retryDelay = "fixed:PT0S")
    @Transactional
    public void joining(String how, String broker, String key) throws Exception {
        work.attempt(how, broker, key, run.attempt());
    }
}
