package io.goose.it.inbound;

import io.goose.GooseClient;
import io.goose.admin.QueueAdmin;
import io.goose.admin.QueueStats;
import io.goose.job.JobId;
import jakarta.ejb.Stateless;
import jakarta.inject.Inject;

/** Enqueues in a transaction, as business methods do. */
@Stateless
public class InboundWork {

    @Inject
    GooseClient goose;

    @Inject
    QueueAdmin queues;

    /** Commits; answers how many jobs were there before. */
    public String commit(String key) {
        JobId unused = goose.performAsync(InboundJobs::look, key);
        return look();
    }

    /** Rolls back. */
    public void fail(String key) {
        JobId unused = goose.performAsync(InboundJobs::look, key);
        throw new IllegalStateException("as told");
    }

    /** How many jobs wait, run and are scheduled. */
    public String look() {
        QueueStats stats = queues.stats("inbound");
        return stats.waiting() + " " + stats.running() + " " + stats.scheduled();
    }
}
