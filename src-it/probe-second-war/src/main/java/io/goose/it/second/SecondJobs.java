package io.goose.it.second;

import io.goose.Job;
import io.goose.it.observe.Records;
import io.goose.it.observe.Surroundings;
import jakarta.ejb.Stateless;

/** The jobs of the second application; one on a queue of its own, one on the queue it shares with the probe. */
@Stateless
public class SecondJobs {

    /** Looks around. */
    @Job(queue = "second")
    public void own(String key) {
        Records.write(Surroundings.look(key, SecondJobs.class).build());
    }

    /** Looks around. */
    @Job
    public void shared(String key) {
        Records.write(Surroundings.look(key, SecondJobs.class).build());
    }
}
