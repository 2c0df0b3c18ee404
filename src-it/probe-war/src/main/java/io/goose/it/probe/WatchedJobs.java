package io.goose.it.probe;

import io.goose.GooseClient;
import io.goose.Job;
import io.goose.JobRun;
import io.goose.Sensitive;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.logging.Logger;

/** Jobs that fail and enqueue, to be traced, logged and told as events. What they throw quotes all their arguments. */
@ApplicationScoped
public class WatchedJobs {

    private static final Logger LOG = Logger.getLogger(WatchedJobs.class.getName());

    @Inject
    GooseClient goose;

    @Inject
    JobRun run;

    @Inject
    Observer observer;

    /** Fails in its first run, and enqueues another in its second. */
    @Job(maxRetries = 3, retryDelay = "fixed:PT0.1S")
    public void first(String key, String address, @Sensitive String card) {
        LOG.info("watched run " + run.attempt() + " of " + key);
        if (run.attempt() == 1) {
            throw new IllegalStateException(quote(address, card));
        }
        goose.performAsync(WatchedJobs::second, key);
    }

    /** Is enqueued by the other. */
    @Job
    public void second(String key) {
        LOG.info("watched second of " + key);
        observer.record(key + "/second");
    }

    /** Fails and dies at once, with an argument in the message of the cause only. */
    @Job(maxRetries = 0)
    public void dies(String key, String address, @Sensitive String card) {
        throw new IllegalStateException("cannot do it", new IllegalArgumentException(quote(address, card)));
    }

    /** A member of a batch. */
    @Job
    public void member(String key, int number) {
        LOG.info("watched member " + number + " of " + key);
        observer.record(key + "/member" + number);
    }

    private static String quote(String address, String card) {
        return "cannot charge " + card + " of <" + address + ">";
    }
}
