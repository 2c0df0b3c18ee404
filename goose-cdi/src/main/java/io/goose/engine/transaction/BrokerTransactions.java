package io.goose.engine.transaction;

import io.goose.JobFailureHandler;
import io.goose.engine.client.TransactionBinding;
import io.goose.engine.run.JobScope;
import io.goose.spi.Broker;
import io.goose.spi.Capability;
import io.goose.spi.SurroundingTransaction;
import io.goose.spi.WorkerThreads;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What transactions mean for one broker. Thread-safe. */
public final class BrokerTransactions {

    private final Broker broker;
    private final TransactionBinding binding;
    private final @Nullable Enlistment enlistment;
    private final @Nullable LateSender sender;
    private final boolean fallsBack;

    /**
     * The surroundings.
     *
     * @param mode what an enqueue inside a transaction means
     * @param transaction what surrounds threads
     * @param threads where all threads come from
     * @param handlers told of lost jobs
     * @param scope around them
     * @param clock wall-clock time
     */
    public record Parts(
            TransactionMode mode,
            SurroundingTransaction transaction,
            WorkerThreads threads,
            List<JobFailureHandler> handlers,
            JobScope scope,
            InstantSource clock) {}

    /**
     * @param name of the broker
     */
    public BrokerTransactions(String name, Broker raw, Parts parts) {
        boolean joins = raw.capabilities().contains(Capability.JOINS_TRANSACTION);
        Outside outside = new Outside(parts.transaction(), parts.threads());
        this.broker = joins ? new OutsideBroker(raw, outside) : raw;
        this.enlistment = joins && parts.mode() == TransactionMode.AUTO
                ? new Enlistment(name, broker, parts.transaction(), outside, parts.clock())
                : null;
        if (parts.mode() == TransactionMode.IMMEDIATE) {
            this.sender = null;
            this.binding = TransactionBinding.NONE;
        } else if (enlistment != null) {
            this.sender = null;
            this.binding = new Joining(parts.transaction(), broker, enlistment);
        } else {
            this.sender = new LateSender(name, broker, parts.threads(), new LostJobs(parts.handlers(), parts.scope()));
            this.binding = new AfterCommit(parts.transaction(), sender);
        }
        this.fallsBack = parts.mode() == TransactionMode.AUTO && sender != null;
    }

    /** The broker, to be called outside of transactions, wherever the caller is. */
    public Broker broker() {
        return broker;
    }

    /** How the jobs of a transaction are bound to it. */
    public TransactionBinding binding() {
        return binding;
    }

    /** Whether jobs can be lost by a crash although nobody chose that. */
    public boolean fallsBack() {
        return fallsBack;
    }

    /**
     * Tries out what can be tried, where there are transactions.
     *
     * @throws io.goose.GooseConfigurationException if the broker's connections do not take part in them as they should
     */
    public void start() {
        if (enlistment != null) {
            enlistment.tryAtStart();
        }
    }

    /** Sends what committed transactions left, and reports what could not be sent. */
    public void stop(Duration atMost) {
        if (sender != null) {
            sender.stop(atMost);
        }
    }
}
