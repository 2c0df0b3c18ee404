package io.goose.engine.client;

import io.goose.BrokerUnavailableException;
import io.goose.EnqueueOutcomeUnknownException;
import io.goose.EnqueueRejectedException;
import io.goose.Enqueued;
import io.goose.Enqueued.Outcome;
import io.goose.GooseException;
import io.goose.JobOptions;
import io.goose.PartlyEnqueuedException;
import io.goose.UnsupportedCapabilityException;
import io.goose.job.JobId;
import io.goose.job.QueuedJob;
import io.goose.spi.Capability;
import io.goose.spi.SendResult;
import io.goose.spi.Transport;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

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

    /** Refuses a job of which the result is to be kept where that cannot be. Costs nothing where it can. */
    static void mustKeepResults(Transport transport, JobOptions given, Supplier<JobOptions> declared) {
        if (!transport.capabilities().contains(Capability.STATUS)
                && given.or(declared.get()).keepResult().isPresent()) {
            throw new UnsupportedCapabilityException("GOOSE-2284: the result of a job is to be kept, but "
                    + transport.describe()
                    + " keeps none (STATUS); enqueue it without keepResult, or use a broker that does:"
                    + " Redis, JDBC, or a message broker with such a ledger");
        }
    }

    /** The same, or what the answer is to the caller is thrown. */
    static Enqueued enqueuedOrThrow(QueuedJob job, SendResult result) {
        GooseException failure = failure(job, result);
        if (failure != null) {
            throw failure;
        }
        return enqueued(job, result);
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

    /** What the broker's answer is to the caller; null if the job is enqueued. */
    static @Nullable GooseException failure(QueuedJob job, SendResult result) {
        if (result instanceof SendResult.Rejected rejected) {
            return new EnqueueRejectedException(
                    rejected.code(),
                    job.id(),
                    "cannot enqueue job " + job.id() + " to queue '" + job.queue() + "': " + reason(rejected),
                    null);
        }
        if (result instanceof SendResult.Unknown unknown) {
            String cause = unknown.cause().getMessage();
            if (unknown.sent()) {
                return new EnqueueOutcomeUnknownException(
                        job.id(),
                        "GOOSE-1016: the broker did not confirm it, so it is unknown whether job " + job.id()
                                + " is on queue '" + job.queue() + "'; repeat the call with this id"
                                + (job.marked()
                                        ? ", which does not enqueue it twice: "
                                        : ": it is not enqueued twice while it is there, and runs twice if it has run"
                                                + " meanwhile (to rule that out give the id with the first call): ")
                                + cause,
                        unknown.cause());
            }
            return new BrokerUnavailableException(
                    "GOOSE-1015: job " + job.id() + " was not enqueued on queue '" + job.queue()
                            + "', the broker cannot be used now; try again: " + cause,
                    unknown.cause());
        }
        return null;
    }

    /** The broker's message without its code, which is at the beginning of ours. */
    private static String reason(SendResult.Rejected rejected) {
        String prefix = rejected.code() + ": ";
        return rejected.message().startsWith(prefix)
                ? rejected.message().substring(prefix.length())
                : rejected.message();
    }

    /** Throws what callers are to know of jobs that were not enqueued, or may not have been. */
    static void check(List<QueuedJob> jobs, List<SendResult> answers) {
        List<PartlyEnqueuedException.Result> results = new ArrayList<>(jobs.size());
        List<GooseException> failures = new ArrayList<>();
        for (int i = 0; i < jobs.size(); i++) {
            GooseException failure = failure(jobs.get(i), answers.get(i));
            results.add(new PartlyEnqueuedException.Result(jobs.get(i).id(), failure));
            if (failure != null) {
                failures.add(failure);
            }
        }
        if (failures.isEmpty()) {
            return;
        }
        boolean nothingHappened = failures.size() == jobs.size()
                && failures.stream().allMatch(failure -> failure instanceof BrokerUnavailableException);
        if (jobs.size() == 1 || nothingHappened) {
            throw failures.get(0);
        }
        throw new PartlyEnqueuedException(
                "GOOSE-1019: of " + jobs.size() + " jobs " + failures.size()
                        + " were not enqueued, or it is unknown whether they were; results() of this exception tells each"
                        + " with its id. The first: " + failures.get(0).getMessage(),
                failures.get(0),
                results);
    }
}
