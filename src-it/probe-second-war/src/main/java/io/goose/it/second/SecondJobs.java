package io.goose.it.second;

import io.goose.Job;
import io.goose.JobRun;
import io.goose.it.observe.Records;
import io.goose.it.observe.Surroundings;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;

/** The jobs of the second application; one on a queue of its own, one on the queue it shares with the probe. */
@Stateless
public class SecondJobs {

    @Inject
    JobRun run;

    /** Looks around. */
    @Job(queue = "second")
    public void own(String key) {
        record(key);
    }

    /** Looks around. */
    @Job
    public void shared(String key) {
        record(key);
    }

    private void record(String key) {
        Records.write(Surroundings.look(key, SecondJobs.class)
                .add("retriesLeft", run.retriesLeft())
                .build());
    }
}
