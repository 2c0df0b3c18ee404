package io.goose.it.virtual;

import io.goose.Job;
import io.goose.JobRun;
import io.goose.it.observe.Records;
import io.goose.it.observe.Surroundings;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;

/** A job on an EJB. */
@Stateless
public class VirtualJobs {

    @Inject
    JobRun run;

    /** Looks around. */
    @Job
    public void look(String key) {
        Records.write(Surroundings.look(key, VirtualJobs.class)
                .add("run", run.id().toString())
                .build());
    }
}
