package io.goose.jca;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.WARNING;

import io.goose.broker.jca.Deliveries;
import io.goose.engine.run.LeaseRunner;
import io.goose.engine.run.LeaseWatch;
import io.goose.spi.Branches;
import io.goose.spi.Lease;
import io.goose.spi.Outcome;
import io.goose.spi.Session;
import io.goose.spi.Settlement;
import io.goose.spi.SurroundingTransaction.End;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Runs jobs by delivering them to a message-driven bean in transactions of the container, in which each job's end takes part. The bean runs the body and
 * says what the end is if the transaction commits; when that has ended it is told how. Thread-safe.
 */
final class TransactedDeliveries implements LeaseRunner {

    private static final System.Logger LOG = System.getLogger(TransactedDeliveries.class.getName());

    private final Endpoint endpoint;
    private final Branches branches;
    private final boolean strict;

    /**
     * @param branches those of the worker's broker
     * @param strict whether what is prepared must outlive a crash of the broker's servers
     */
    TransactedDeliveries(Endpoint endpoint, Branches branches, boolean strict) {
        this.endpoint = endpoint;
        this.branches = branches;
        this.strict = strict;
    }

    /** What a bean has answered, before its transaction ended. */
    private static final class Answer {
        private @Nullable Map<?, ?> unread;
        private Deliveries.@Nullable Begun begun;
        private @Nullable RuntimeException failed;

        void take(Map<?, ?> answered, Lease lease, LeaseResource resource) {
            unread = answered;
            try {
                Deliveries.Begun run = Deliveries.begun(answered, lease);
                begun = run;
                run.ifCommitted().ifPresent(resource::mayCommit);
            } catch (RuntimeException instead) {
                failed = instead;
            }
        }

        /** The application's run is over, though nobody can say how it ended. */
        void abandon(Throwable because) {
            Map<?, ?> answered = unread;
            if (answered == null) {
                return;
            }
            try {
                Deliveries.abandon(answered, "its end is not known to the worker: " + because);
            } catch (RuntimeException | Error also) {
                if (also != because) {
                    because.addSuppressed(also);
                }
            }
        }
    }

    @Override
    public Optional<Settlement> run(Lease lease, LeaseWatch watch, Session session) {
        LeaseResource resource = new LeaseResource(branches, strict);
        Answer answer = new Answer();
        Throwable trouble = endpoint.deliver(
                Deliveries.transacted(
                        lease,
                        (question, argument) -> Endpoint.answer(watch, question, argument),
                        answered -> answer.take(answered, lease, resource)),
                resource);
        LeaseResource.Fate fate;
        try {
            fate = resource.fate();
        } catch (RuntimeException | Error unknown) {
            answer.abandon(unknown);
            throw unknown;
        }
        RuntimeException failed = answer.failed;
        if (failed != null) {
            answer.abandon(failed);
            return Optional.of(endpoint.unrun(lease, failed, trouble));
        }
        Deliveries.Begun begun = answer.begun;
        if (begun == null) {
            answer.abandon(trouble != null ? trouble : new IllegalStateException("no answer"));
            return Optional.of(endpoint.refused(lease, trouble));
        }
        endpoint.doorway().delivered();
        return ended(lease, begun, resource, fate, trouble);
    }

    private Optional<Settlement> ended(
            Lease lease,
            Deliveries.Begun begun,
            LeaseResource resource,
            LeaseResource.Fate fate,
            @Nullable Throwable trouble) {
        switch (fate) {
            case ALONE -> {
                tell(lease, begun, End.COMMITTED, trouble);
                return begun.ifCommitted();
            }
            case COMMITTED -> {
                tell(lease, begun, End.COMMITTED, trouble);
                return Optional.empty(); // the branch has done it
            }
            case UNKNOWN -> {
                LOG.log(
                        WARNING,
                        () -> "GOOSE-4221: it is not known how branch " + resource.name()
                                + " of a distributed transaction ended, by which job "
                                + lease.job().id()
                                + " is completed; the branch keeps the job until the transaction manager's recovery ends it",
                        trouble);
                tell(lease, begun, End.UNKNOWN, null);
                return released(lease);
            }
            case LOST -> {
                tell(lease, begun, End.UNKNOWN, null);
                return released(lease);
            }
            default -> {
                return begun.ended(End.ROLLED_BACK, why(lease, begun, resource, fate, trouble))
                        .or(() -> released(lease));
            }
        }
    }

    /** To a session that has not got the lease, as is most likely, this is nothing; one that has it would keep it for ever. */
    private static Optional<Settlement> released(Lease lease) {
        return Optional.of(Settlement.of(lease, Outcome.Release.NOW));
    }

    private @Nullable String why(
            Lease lease,
            Deliveries.Begun begun,
            LeaseResource resource,
            LeaseResource.Fate fate,
            @Nullable Throwable trouble) {
        if (fate == LeaseResource.Fate.UNASKED && begun.ifCommitted().isPresent()) {
            String what = "the container let the end of the job take no part in the transaction of its delivery";
            LOG.log(
                    ERROR,
                    () -> "GOOSE-4223: " + what + ", so it is not known whether what job "
                            + lease.job().id() + " did was committed, and " + endpoint.name()
                            + " is given the job again; have the server enlist the resources of resource adapters",
                    trouble);
            return what;
        }
        return resource.why() != null || trouble == null ? resource.why() : "the container says " + trouble;
    }

    /** What goes wrong in this changes nothing: how the job ended is decided. */
    private void tell(Lease lease, Deliveries.Begun begun, End how, @Nullable Throwable trouble) {
        Throwable failed = trouble;
        try {
            begun.ended(how, null);
        } catch (RuntimeException | Error untold) {
            if (failed != null) {
                untold.addSuppressed(failed);
            }
            failed = untold;
        }
        if (failed != null) {
            Endpoint.failedAfterwards(endpoint.name(), lease, failed);
        }
    }

    @Override
    public Set<String> unbufferedQueues() {
        return Set.of(); // the broker's branches take leases that were taken ahead as well
    }
}
