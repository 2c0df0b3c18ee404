package io.goose.engine.transaction;

import static java.lang.System.Logger.Level.WARNING;

import com.github.f4b6a3.uuid.UuidCreator;
import io.goose.GooseConfigurationException;
import io.goose.GooseException;
import io.goose.QueueNames;
import io.goose.engine.retry.FailureLog;
import io.goose.job.DeliveryState;
import io.goose.job.EncodedEnvelope;
import io.goose.job.Envelope;
import io.goose.job.EnvelopeCodec;
import io.goose.job.JobId;
import io.goose.job.QueuedJob;
import io.goose.spi.Broker;
import io.goose.spi.SurroundingTransaction;
import io.goose.spi.SurroundingTransaction.Demarcation;
import jakarta.json.JsonValue;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whether the connections of a broker really take part in transactions: nothing says so of a data source, and one that does
 * not would keep jobs of transactions that rolled back. It is tried out: a job is sent in a transaction that is rolled back,
 * and must not be there then. Thread-safe.
 */
final class Enlistment {

    private static final System.Logger LOG = System.getLogger(Enlistment.class.getPackageName());
    private static final String HANDLER = "goose-probe";

    /** So far off that no worker takes it where it stays. */
    private static final Duration AFTER = Duration.ofDays(1);

    private static final Duration LONGEST = Duration.ofMinutes(1);

    private final String name;
    private final TransactionMode mode;
    private final Broker broker;
    private final SurroundingTransaction transaction;
    private final Outside outside;
    private final InstantSource clock;
    private volatile boolean runsJobs;
    private volatile boolean proved;
    private volatile boolean refused; // by the container; enough for enqueues
    private volatile @Nullable String problem;

    /**
     * @param name of the broker, for messages
     * @param mode what an enqueue means, for messages
     * @param broker called outside of the transaction except where it joins it
     */
    Enlistment(
            String name,
            TransactionMode mode,
            Broker broker,
            SurroundingTransaction transaction,
            Outside outside,
            InstantSource clock) {
        this.name = name;
        this.mode = mode;
        this.broker = broker;
        this.transaction = transaction;
        this.outside = outside;
        this.clock = clock;
    }

    /**
     * Tries it, unless that was done; where the broker is away it is done at the first use.
     *
     * @param runs whether transactional jobs of this broker are run
     * @throws GooseConfigurationException if the connections do not take part
     */
    void tryAtStart(boolean runs) {
        runsJobs = runs;
        try {
            mustWork();
        } catch (GooseConfigurationException wrong) {
            throw wrong;
        } catch (GooseException away) {
            FailureLog.log(
                    LOG,
                    WARNING,
                    () -> "GOOSE-4305: it could not be tried whether the connections of broker '" + name
                            + "' take part in transactions; it is tried at the first enqueue in a transaction"
                            + (runsJobs ? " or the first transactional job" : ""),
                    away);
        }
    }

    /**
     * Tries it, unless that was done; where the container lets nobody try it, the connections are trusted: at worst a job is
     * there too early, or of a transaction that rolled back.
     *
     * @throws GooseConfigurationException if the connections do not take part
     * @throws GooseException if the broker is away
     */
    void mustWork() {
        if (!refused) {
            mustWork(this::tryUnlessRefused);
        }
    }

    /**
     * Tries it, unless that was done, and trusts nothing: a job that was taken out of the broker by itself would be lost.
     *
     * @throws GooseConfigurationException if the connections do not take part
     * @throws GooseException if the broker is away
     * @throws RuntimeException if the container lets nobody try it, on this thread at least
     */
    void mustBeProved() {
        mustWork(this::tryIt);
        if (!proved) {
            throw new IllegalStateException("no transaction can be begun to try whether the connections of broker '"
                    + name + "' take part in it");
        }
    }

    private void mustWork(Runnable trial) {
        if (proved) {
            return;
        }
        if (problem == null) {
            outside.run(trial);
        }
        String found = problem;
        if (found != null) {
            throw new GooseConfigurationException(List.of(found));
        }
    }

    private void tryUnlessRefused() {
        try {
            tryIt();
        } catch (GooseException away) {
            throw away;
        } catch (RuntimeException reason) { // by the container, as where it lets nobody begin a transaction
            FailureLog.log(
                    LOG,
                    WARNING,
                    () -> "GOOSE-4308: it cannot be tried here whether the connections of broker '" + name
                            + "' take part in transactions; make sure that its data source does"
                            + (runsJobs ? ". Transactional jobs wait until it could be tried" : ""),
                    reason);
            refused = true;
        }
    }

    private void tryIt() {
        QueuedJob job = job();
        broker.prepareQueues(Set.of(job.queue()));
        Demarcation demarcation = transaction.demarcation().orElse(null);
        if (demarcation == null) {
            refused = true; // there is nothing to try it with
            return;
        }
        if (staysAfterRollback(job, demarcation)) {
            broker.delete(job.queue(), job.id());
            problem = "GOOSE-4306: broker '" + name + "' (" + broker.describe() + ") " + task()
                    + ", but a job that was enqueued in a transaction stayed there after its rollback: its connections"
                    + " take no part in transactions. Let a data source (jta=\"true\" on WildFly, transactional=\"true\" on Open"
                    + " Liberty), or a resource adapter (on WildFly without transaction-support=NoTransaction), or "
                    + alternative();
            return;
        }
        proved = true;
    }

    /** What it has to take part for. */
    private String task() {
        return mode.shares()
                ? "is to join transactions (goose.transaction=" + mode.configured() + ")"
                : "is to run jobs with transactional=true, each in a transaction that ends the job too";
    }

    private String alternative() {
        return mode.shares()
                ? "set goose.transaction=after-commit" + (runsJobs ? " and have no job with transactional=true" : "")
                : "have no job with transactional=true";
    }

    private boolean staysAfterRollback(QueuedJob job, Demarcation demarcation) {
        demarcation.begin(LONGEST);
        try {
            broker.sendInTransaction(List.of(job));
        } finally {
            demarcation.rollback();
        }
        return broker.find(job.queue(), job.id()).isPresent();
    }

    private QueuedJob job() {
        JobId id = JobId.of(UuidCreator.getTimeOrderedEpochFast());
        EncodedEnvelope envelope = new EnvelopeCodec()
                .encode(Envelope.builder(id, HANDLER, QueueNames.DEFAULT, JsonValue.EMPTY_JSON_ARRAY, clock.instant())
                        .build());
        return new QueuedJob(
                QueueNames.DEFAULT,
                id,
                envelope,
                DeliveryState.FRESH.withNotBefore(clock.instant().plus(AFTER)));
    }
}
