package io.goose.it.probe;

import io.goose.Job;
import io.goose.JobRun;
import io.goose.RetryLater;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.logging.Logger;

/** Jobs on a CDI bean of a normal scope. */
@ApplicationScoped
public class ContextJobs {

    @Inject
    Observer observer;

    @Inject
    JobRun run;

    /** Looks around once. */
    @Job
    public void look(String key) {
        observer.record(key);
    }

    /** Logs with what every JDK has. */
    @Job
    public void log(String key) {
        Logger.getLogger(ContextJobs.class.getName()).info("job says " + key);
        observer.record(key);
    }

    /** Looks around, fails, and looks around again in its second run. */
    @Job(maxRetries = 3)
    public void lookTwice(String key) {
        observer.record(key);
        if (run.attempt() == 1) {
            throw new RetryLater(Duration.ofMillis(100));
        }
    }

    /** Two arguments whose types only the application knows. */
    @Job
    public void typed(String key, Parcel parcel) {
        observer.record(key + "/" + parcel.size() + "/" + parcel.label());
    }
}
