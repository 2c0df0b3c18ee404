package io.goose.engine.client;

import io.goose.Enqueued;
import io.goose.Enqueued.Outcome;
import io.goose.UnsupportedCapabilityException;
import io.goose.job.JobId;
import io.goose.job.QueuedJob;
import io.goose.spi.Capability;
import io.goose.spi.SendResult;
import io.goose.spi.Transport;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What callers are told of jobs that the broker has not refused. Stateless. */
final class Outcomes {

    private Outcomes() {}

    /** Refuses a job that is to be unique where that cannot be. */
    static void mustBeAble(QueuedJob job, Transport transport) {
        if (job.unique() != null && !transport.capabilities().contains(Capability.UNIQUE)) {
            throw new UnsupportedCapabilityException(
                    "GOOSE-2270: a job for queue '" + job.queue()
                            + "' is to be unique, but " + transport.describe()
                            + " cannot keep it so (UNIQUE); enqueue it without"
                            + " Unique or @UniqueJob, or use a broker that can: Redis, JDBC, or a message broker with such a ledger");
        }
    }

    static Enqueued enqueued(QueuedJob job, SendResult result) {
        if (result instanceof SendResult.Exists exists) {
            return new Enqueued(exists.id(), Outcome.EXISTS);
        } else if (result instanceof SendResult.Replaced replaced) {
            return new Enqueued(replaced.id(), Outcome.REPLACED);
        } else if (result instanceof SendResult.Deferred) {
            return new Enqueued(job.id(), Outcome.DEFERRED);
        }
        return new Enqueued(job.id(), Outcome.ADDED);
    }

    /** The ids that were given out, and for jobs that were there already the ids of those. */
    static List<JobId> idsOf(List<JobId> given, List<QueuedJob> jobs, List<SendResult> results) {
        Map<JobId, JobId> others = new HashMap<>();
        for (int i = 0; i < jobs.size(); i++) {
            JobId id = jobs.get(i).id();
            JobId now = enqueued(jobs.get(i), results.get(i)).id();
            if (!now.equals(id)) {
                others.put(id, now);
            }
        }
        return given.stream().map(id -> others.getOrDefault(id, id)).toList();
    }
}
