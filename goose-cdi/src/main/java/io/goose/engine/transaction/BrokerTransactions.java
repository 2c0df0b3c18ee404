package io.goose.engine.transaction;

import io.goose.GooseConfigurationException;
import io.goose.JobFailureHandler;
import io.goose.engine.client.TransactionBinding;
import io.goose.engine.observe.Observation;
import io.goose.engine.run.InTransaction;
import io.goose.engine.run.JobScope;
import io.goose.spi.Broker;
import io.goose.spi.Capability;
import io.goose.spi.Outbox;
import io.goose.spi.SurroundingTransaction;
import io.goose.spi.WorkerThreads;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What transactions mean for one broker. Thread-safe. */
public final class BrokerTransactions {

    private final Broker broker;
    private final TransactionBinding binding;
    private final Parts parts;
    private final @Nullable Enlistment enlistment;
    private final @Nullable Enlistment own;
    private final @Nullable LateSender sender;
    private final @Nullable Relay relay;
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
     * The broker that has the outbox of another.
     *
     * @param name its name
     */
    public record OutboxOwner(String name, Broker broker) {}

    /**
     * @param name of the broker
     * @param owner of its outbox; null if it has none
     * @param observation of it
     * @throws GooseConfigurationException if it has to have one and has not, or the owner cannot have it
     */
    public BrokerTransactions(
            String name, Broker raw, @Nullable OutboxOwner owner, Parts parts, Observation observation) {
        Outside outside = new Outside(parts.transaction(), parts.threads());
        LostJobs lostJobs = new LostJobs(parts.handlers(), parts.scope(), parts.threads());
        this.parts = parts;
        boolean joins = joins(raw);
        boolean shares = parts.mode().shares();
        this.broker = joins ? new OutsideBroker(raw, outside) : raw;
        this.own =
                joins ? new Enlistment(name, parts.mode(), broker, parts.transaction(), outside, parts.clock()) : null;
        Outbox outbox = joins || owner == null ? null : outbox(name, owner);
        // Also where it is not written to any more: what is in it is to be sent.
        this.relay = outbox == null ? null : new Relay(name, broker, outbox, parts.threads(), lostJobs, observation);
        LateSender late = null;
        Enlistment tried = null;
        if (parts.mode() == TransactionMode.IMMEDIATE) {
            this.binding = TransactionBinding.NONE;
        } else if (shares && own != null) {
            tried = own;
            this.binding = new Joining(parts.transaction(), broker, own);
        } else if (shares && relay != null && owner != null && outbox != null) {
            Broker owning = new OutsideBroker(owner.broker(), outside);
            tried = new Enlistment(owner.name(), parts.mode(), owning, parts.transaction(), outside, parts.clock());
            this.binding = new OutboxBinding(parts.transaction(), name, outbox, tried, relay);
        } else if (parts.mode() == TransactionMode.OUTBOX) {
            throw new GooseConfigurationException(List.of("GOOSE-2137: goose.transaction=outbox, but broker '" + name
                    + "' has no outbox: set goose.broker." + name + ".outbox to the name of a JDBC broker, or"
                    + " goose.outbox.datasource to the JNDI name of a data source"));
        } else {
            late = new LateSender(name, broker, parts.threads(), lostJobs);
            this.binding = new AfterCommit(parts.transaction(), late);
        }
        this.enlistment = tried;
        this.sender = late;
        this.fallsBack = parts.mode() == TransactionMode.AUTO && late != null;
    }

    private static boolean joins(Broker raw) {
        return raw.capabilities().contains(Capability.JOINS_TRANSACTION);
    }

    private static Outbox outbox(String name, OutboxOwner owner) {
        Optional<Outbox> outbox = joins(owner.broker()) ? owner.broker().outbox() : Optional.empty();
        return outbox.orElseThrow(() -> new GooseConfigurationException(List.of("GOOSE-2138: goose.broker." + name
                + ".outbox=" + owner.name() + " has no outbox: only a JDBC broker has one; name one of these")));
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

    /** Sends what an earlier process left in the outbox. */
    public void sweep() {
        if (relay != null) {
            relay.wake();
        }
    }

    /**
     * What runs transactional jobs of this broker; empty if it cannot complete jobs in their transactions.
     *
     * @param timeout of each transaction
     */
    public Optional<InTransaction> runs(Duration timeout) {
        Enlistment mine = own;
        return mine == null || !broker.capabilities().contains(Capability.TRANSACTIONAL_SETTLE)
                ? Optional.empty()
                : Optional.of(new InTransaction(parts.transaction(), mine::mustBeProved, timeout));
    }

    /**
     * Tries out what can be tried, where there are transactions.
     *
     * @param runs whether transactional jobs are run
     * @throws io.goose.GooseConfigurationException if the broker's connections do not take part in them as they should
     */
    public void start(boolean runs) {
        if (enlistment != null) {
            enlistment.tryAtStart(runs && enlistment == own);
        }
        if (runs && own != null) {
            own.tryAtStart(true);
        }
    }

    /** Sends what committed transactions left, and reports what could not be sent. */
    public void stop(Duration atMost) {
        if (sender != null) {
            sender.stop(atMost);
        }
        if (relay != null) {
            relay.stop(atMost);
        }
    }
}
