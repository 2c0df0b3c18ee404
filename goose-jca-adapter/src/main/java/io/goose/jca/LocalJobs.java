package io.goose.jca;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.WARNING;

import io.goose.BrokerUnavailableException;
import io.goose.job.JobId;
import io.goose.job.QueuedJob;
import io.goose.spi.Broker;
import io.goose.spi.Capability;
import io.goose.spi.SendResult;
import jakarta.resource.ResourceException;
import jakarta.resource.spi.LocalTransaction;
import jakarta.resource.spi.LocalTransactionException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The transaction that a connection is in: its jobs are kept here and sent when it commits. What cannot be sent as a whole is
 * taken back, so that the container may roll the rest of the transaction back. Thread-safe.
 */
final class LocalJobs implements LocalTransaction {

    private static final System.Logger LOG = System.getLogger(LocalJobs.class.getName());
    private static final int MOST_IN_A_SEND = 500;

    private final Broker broker;
    private @Nullable List<QueuedJob> jobs; // guarded by this; null outside of a transaction
    private int forgotten; // guarded by this: how many jobs were thrown away with the last transaction

    LocalJobs(Broker broker) {
        this.broker = broker;
    }

    @Override
    public synchronized void begin() throws ResourceException {
        if (jobs != null) {
            throw new LocalTransactionException("the connection is in a transaction already");
        }
        jobs = new ArrayList<>();
        forgotten = 0;
    }

    /**
     * Adds to the transaction.
     *
     * @return what callers are told: whether a job is unique is not known before the commit
     */
    synchronized List<SendResult> add(List<QueuedJob> more) {
        if (jobs == null) {
            throw new BrokerUnavailableException(
                    "GOOSE-3198: the connection is in no transaction, although one surrounds the caller: the server"
                            + " does not enlist it; see its connection factory, or set transactions=none there",
                    null);
        }
        jobs.addAll(more);
        return more.stream()
                .map(job -> job.unique() == null
                        ? SendResult.Accepted.INSTANCE
                        : (SendResult) new SendResult.Deferred(job.id()))
                .toList();
    }

    @Override
    public synchronized void rollback() {
        jobs = null;
        forgotten = 0;
    }

    /** Ends the transaction because its connection is not there any more; a commit that comes all the same fails. */
    synchronized void forget() {
        if (jobs != null) {
            forgotten = jobs.size();
            jobs = null;
        }
    }

    /** The jobs of the transaction, which has ended by this. */
    private synchronized List<QueuedJob> end() throws LocalTransactionException {
        List<QueuedJob> all = jobs;
        if (all == null) { // success would tell the caller that they are there
            throw new LocalTransactionException(
                    "GOOSE-3199: the jobs of a transaction were not enqueued at its commit, so it is rolled back: the"
                            + " connection is in no transaction any more, for it was thrown away, and " + forgotten
                            + " jobs with it");
        }
        jobs = null;
        return all;
    }

    @Override
    public void commit() throws ResourceException {
        List<QueuedJob> all = end();
        Sent sent = new Sent(new ArrayList<>(), new ArrayList<>());
        for (int from = 0; from < all.size(); from += MOST_IN_A_SEND) {
            List<QueuedJob> part = all.subList(from, Math.min(all.size(), from + MOST_IN_A_SEND));
            Throwable failure = send(part, sent);
            if (failure != null) {
                throw undone(sent, failure);
            }
        }
    }

    /**
     * What a commit has brought so far.
     *
     * @param maybeThere the jobs that are there, or may be
     * @param replaced earlier jobs that have the envelope of one of this transaction now, and cannot have their own again
     */
    private record Sent(List<QueuedJob> maybeThere, List<JobId> replaced) {}

    /** Notes which jobs are there, or may be; returns why not all are. */
    private @Nullable Throwable send(List<QueuedJob> part, Sent sent) {
        List<SendResult> results;
        try {
            results = answers(part);
        } catch (RuntimeException | ExecutionException | TimeoutException failed) {
            sent.maybeThere().addAll(part);
            return failed instanceof ExecutionException && failed.getCause() != null ? failed.getCause() : failed;
        }
        Throwable failure = null;
        for (int i = 0; i < part.size(); i++) {
            SendResult result = results.get(i);
            if (result instanceof SendResult.Rejected rejected) {
                failure = new IllegalStateException(rejected.message());
            } else if (result instanceof SendResult.Unknown unknown) {
                failure = unknown.cause();
                if (unknown.sent()) {
                    sent.maybeThere().add(part.get(i));
                }
            } else if (result instanceof SendResult.Replaced replaced) {
                sent.replaced().add(replaced.id());
            } else if (result instanceof SendResult.Accepted) { // what was there before stays there
                sent.maybeThere().add(part.get(i));
            }
        }
        return failure;
    }

    /** Waits for them; an interrupt does not end the wait, for the transaction is to have one end. The flag stays set. */
    private List<SendResult> answers(List<QueuedJob> part) throws ExecutionException, TimeoutException {
        boolean interrupted = Thread.interrupted();
        long end = System.nanoTime() + broker.answersWithin().toNanos();
        try {
            var sending = broker.send(part).toCompletableFuture();
            while (true) {
                try {
                    return sending.get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
                } catch (InterruptedException later) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private LocalTransactionException undone(Sent sent, Throwable failure) {
        List<JobId> left = new ArrayList<>(sent.replaced()); // not deleted: they were there before the transaction
        sent.maybeThere().stream()
                .filter(job -> !isGone(job))
                .map(QueuedJob::id)
                .forEach(left::add);
        if (left.isEmpty()) {
            return new LocalTransactionException(
                    "GOOSE-3199: the jobs of a transaction were not enqueued at its commit, so it is rolled back: "
                            + failure.getMessage(),
                    failure);
        }
        String ids = left.stream().limit(10).map(JobId::toString).toList().toString();
        String message = "GOOSE-3200: of the jobs of a transaction that is rolled back, for not all could be enqueued, "
                + left.size() + " are there or may be: " + ids + (left.size() > 10 ? " and more" : "") + replaced(sent)
                + ": " + failure.getMessage();
        LOG.log(ERROR, message, failure); // not every transaction manager tells the caller
        return new LocalTransactionException(message, failure);
    }

    private static String replaced(Sent sent) {
        int count = sent.replaced().size();
        return count == 0 ? "" : "; the first " + count + " were there before, and have what the transaction gave them";
    }

    /** Whether it is certain that a job is not there, and has not run, after it was taken back. */
    private boolean isGone(QueuedJob job) {
        try {
            return broker.capabilities().contains(Capability.WAITING_DELETE) && broker.delete(job.queue(), job.id());
        } catch (RuntimeException away) {
            LOG.log(
                    WARNING,
                    "GOOSE-4198: job " + job.id() + " of a transaction that is rolled back could not be deleted",
                    away);
            return false;
        }
    }
}
