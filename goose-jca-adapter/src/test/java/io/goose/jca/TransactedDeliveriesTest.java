package io.goose.jca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.goose.BrokerUnavailableException;
import io.goose.broker.jca.Deliveries;
import io.goose.engine.run.LeaseWatch;
import io.goose.job.DeliveryState;
import io.goose.job.EncodedEnvelope;
import io.goose.job.JobId;
import io.goose.job.QueuedJob;
import io.goose.spi.BranchId;
import io.goose.spi.BranchWork;
import io.goose.spi.Effect;
import io.goose.spi.Lease;
import io.goose.spi.Outcome;
import io.goose.spi.Session;
import io.goose.spi.Settlement;
import io.goose.spi.SurroundingTransaction.End;
import jakarta.resource.ResourceException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.text.MessageFormat;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiFunction;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What deliveries in transactions come to, with a container that ends them in every way. */
final class TransactedDeliveriesTest {

    private static final Outcome RETRY = new Outcome.Snooze(Duration.ofSeconds(7)); // any that is not done

    private final QueuedJob job = new QueuedJob(
            "default", JobId.random(), EncodedEnvelope.wrap("a".getBytes(StandardCharsets.UTF_8)), DeliveryState.FRESH);
    private final Lease lease = new Lease(job, 1, false);
    private final Settlement done = new Settlement(
            lease,
            Outcome.Done.INSTANCE,
            List.of(new Effect.Enqueue(new QueuedJob("next", JobId.random(), job.envelope(), DeliveryState.FRESH))));
    private final KeptBranches branches = new KeptBranches();
    private final App app = new App();
    private final FakeContainer container = new FakeContainer(app);
    private final Endpoint endpoint;
    private final List<String> log = new CopyOnWriteArrayList<>();
    private final Handler listening = new Handler() {
        @Override
        public void publish(LogRecord record) {
            log.add(MessageFormat.format(record.getMessage().replace("'", "''"), record.getParameters()));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    TransactedDeliveriesTest() throws ResourceException {
        container.isTransacted = true;
        endpoint = new Endpoint(container.factory(), () -> 0);
    }

    /** A bean whose jobs succeed, or fail. */
    private final class App implements Deliveries.Application {
        private boolean fails;
        private boolean isStopped;
        private boolean failsAfterwards;
        private boolean isLost;
        private @Nullable RuntimeException unsaid; // instead of how the job ends
        private final List<String> told = new ArrayList<>();

        @Override
        public Deliveries.Abilities abilities() {
            return new Deliveries.Abilities(Set.of(), Duration.ZERO, Duration.ZERO, true);
        }

        @Override
        public Optional<Settlement> run(Lease lease, BiFunction<String, @Nullable Object, @Nullable Object> watch) {
            throw new AssertionError("run without a transaction");
        }

        @Override
        public Deliveries.Begun begin(Lease lease, BiFunction<String, @Nullable Object, @Nullable Object> watch) {
            if (isStopped) {
                throw new IllegalStateException("GOOSE-2370: not started");
            }
            return new Deliveries.Begun() {
                @Override
                public Optional<Settlement> ifCommitted() {
                    RuntimeException instead = unsaid;
                    if (instead != null) {
                        throw instead;
                    }
                    return fails ? Optional.empty() : Optional.of(done);
                }

                @Override
                public Optional<Settlement> ended(End how, @Nullable String why) {
                    told.add(how + (why == null ? "" : ": " + why));
                    if (failsAfterwards) {
                        throw new IllegalStateException("as told");
                    }
                    return switch (how) {
                        case COMMITTED -> Optional.of(done);
                        case ROLLED_BACK -> isLost ? Optional.empty() : Optional.of(Settlement.of(lease, RETRY));
                        case UNKNOWN -> Optional.empty();
                    };
                }
            };
        }
    }

    @BeforeEach
    void listen() {
        Logger.getLogger("io.goose.jca").addHandler(listening);
    }

    @AfterEach
    void nothingIsLeft() {
        Logger.getLogger("io.goose.jca").removeHandler(listening);
        assertThat(container.mistakes()).isEmpty();
        assertThat(container.endpointsInUse()).isZero();
    }

    private static <T> T nothing(Class<T> type) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, given) -> {
                    throw new UnsupportedOperationException(method.toString());
                }));
    }

    private Optional<Settlement> run() {
        return new TransactedDeliveries(endpoint, branches, true)
                .run(lease, nothing(LeaseWatch.class), nothing(Session.class));
    }

    private Settlement back() {
        return Settlement.of(lease, Outcome.Release.NOW);
    }

    private static BrokerUnavailableException away() {
        return new BrokerUnavailableException("GOOSE-3011: away, as told", null);
    }

    @Test
    void withOthers_theJobIsPrepared_andItsEndIsThatOfTheBranch() {
        container.end = (resource, xid) -> {
            assertThat(resource.prepare(xid)).isEqualTo(XAResource.XA_OK);
            assertThat(app.told).as("before the commit").isEmpty();
            assertThat(branches.prepared.get(BranchId.of(xid))).isEqualTo(new BranchWork(List.of(), List.of(done)));
            resource.commit(xid, false);
        };

        assertThat(run()).as("the worker has nothing to settle").isEmpty();

        assertThat(app.told).containsExactly("COMMITTED");
        assertThat(branches.prepared).isEmpty();
    }

    /** Nothing else depends on it, so that the worker may write it with others. */
    @Test
    void alone_theJobIsSettledByTheWorker() {
        container.end = (resource, xid) -> resource.commit(xid, true);

        assertThat(run()).contains(done);

        assertThat(app.told).containsExactly("COMMITTED");
        assertThat(branches.prepared).isEmpty();
    }

    @Test
    void aJobThatFailed_isNotCommitted_whateverTheContainerTries() {
        app.fails = true;
        assertThat(run()).contains(Settlement.of(lease, RETRY));

        container.end = (resource, xid) -> resource.commit(xid, true);
        assertThat(run()).contains(Settlement.of(lease, RETRY));

        assertThat(container.xaErrors()).containsExactly(XAException.XA_RBROLLBACK, XAException.XA_RBROLLBACK);
        assertThat(app.told).containsExactly("ROLLED_BACK", "ROLLED_BACK");
        assertThat(branches.prepared).isEmpty();
    }

    @Test
    void aTransactionThatIsRolledBack_isAFailure_thoughTheMethodReturned() {
        container.end = XAResource::rollback;

        assertThat(run()).contains(Settlement.of(lease, RETRY));

        assertThat(app.told).containsExactly("ROLLED_BACK");
    }

    @Test
    void whatAnotherResourceRefuses_isRolledBackAfterItsPrepare() {
        container.end = (resource, xid) -> {
            resource.prepare(xid);
            resource.rollback(xid);
        };

        assertThat(run()).contains(Settlement.of(lease, RETRY));

        assertThat(branches.prepared).isEmpty();
        assertThat(app.told).containsExactly("ROLLED_BACK");
    }

    @Test
    void aBrokerThatRefuses_isTheReason() {
        branches.refusal = "GOOSE-3210: it may forget";

        assertThat(run()).contains(Settlement.of(lease, RETRY));

        assertThat(container.xaErrors()).containsExactly(XAException.XA_RBROLLBACK);
        assertThat(app.told).containsExactly("ROLLED_BACK: GOOSE-3210: it may forget");
        assertThat(log)
                .anyMatch(line ->
                        line.startsWith("GOOSE-4225") && line.contains(job.id().value()));
    }

    @Test
    void aLeaseThatIsAnothers_isNobodysFailure() {
        branches.refusal = "GOOSE-3211: another worker has it";

        assertThat(run()).as("if it is not, the job must not stay").contains(back());

        assertThat(app.told).containsExactly("UNKNOWN");
        assertThat(log).noneMatch(line -> line.startsWith("GOOSE-4221"));
    }

    /** Another process did that, by its recovery, while the vote was on its way; the lease is still the worker's. */
    @Test
    void aBranchThatWasRolledBackBeforeItsVote_isAFailure() {
        branches.refusal = "GOOSE-3227: the branch was rolled back before it was prepared";

        assertThat(run()).contains(Settlement.of(lease, RETRY));

        assertThat(app.told).singleElement().asString().startsWith("ROLLED_BACK: GOOSE-3227");
    }

    /** A beat may take the lease for lost while the vote is on its way, and the rollback bring it back. */
    @Test
    void aJobThatHasNothingToSayOfItsEnd_isReleased_whichDoesNothingIfItsLeaseIsLost() {
        app.isLost = true;
        container.end = XAResource::rollback;

        assertThat(run()).contains(back());
    }

    /** Who has the lease is not known: the settle finds out. */
    @Test
    void aVoteThatWasNotHeard_isARollback_thoughNobodyCanTakeItBack() throws XAException {
        Late late = new Late();
        container.end = (resource, xid) -> {
            late.note(resource, xid);
            branches.failure = away();
            try {
                resource.prepare(xid);
            } finally {
                assertThatThrownBy(() -> resource.rollback(xid)).isInstanceOf(XAException.class);
            }
        };

        assertThat(run()).contains(Settlement.of(lease, RETRY));

        assertThat(app.told).containsExactly("ROLLED_BACK: GOOSE-3011: away, as told");
        assertThat(log).noneMatch(line -> line.startsWith("GOOSE-4221"));
        assertThat(branches.prepared).as("for its transaction manager").hasSize(1);

        branches.failure = null;
        late.rollBack();
        assertThat(branches.prepared).isEmpty();
        assertThat(branches.returned).as("to a worker that has settled it").isEmpty();
    }

    @Test
    void aVoteThatCannotBeTakenBackForAMistakeOfOurs_isARollbackAllTheSame() {
        container.end = (resource, xid) -> {
            branches.failure = away();
            try {
                resource.prepare(xid);
            } finally {
                branches.failure = new IllegalArgumentException("as told");
            }
        };

        assertThat(run()).contains(Settlement.of(lease, RETRY));

        assertThat(app.told).containsExactly("ROLLED_BACK: GOOSE-3011: away, as told");
    }

    @Test
    void aRollbackThatWasNotHeard_isOne_andIsAskedForAgain() {
        container.end = (resource, xid) -> {
            resource.prepare(xid);
            branches.failure = away();
            try {
                resource.rollback(xid);
            } finally {
                branches.failure = null;
            }
        };

        assertThat(run()).contains(Settlement.of(lease, RETRY));

        assertThat(app.told).containsExactly("ROLLED_BACK");
        assertThat(branches.prepared).isEmpty();
        assertThat(branches.returned).as("in time for the worker").hasSize(1);
    }

    /** The worker is done with the job, so that nobody would settle a lease which its session has again. */
    @Test
    void aRollbackAfterTheDelivery_givesTheLeaseToNobody() throws XAException {
        Late late = new Late();
        container.end = (resource, xid) -> {
            late.note(resource, xid);
            resource.prepare(xid);
        };
        assertThat(run()).contains(back());

        late.rollBack();

        assertThat(branches.prepared).isEmpty();
        assertThat(branches.returned).isEmpty();
    }

    /** What a transaction manager does when the delivery is over. */
    private static final class Late {
        private @Nullable XAResource resource;
        private @Nullable Xid xid;

        void note(XAResource of, Xid named) {
            resource = of;
            xid = named;
        }

        void rollBack() throws XAException {
            Objects.requireNonNull(resource).rollback(Objects.requireNonNull(xid));
        }
    }

    @Test
    void anEndThatCannotBeRead_isThatOfARunAllTheSame() {
        app.unsaid = new IllegalStateException("unsaid");

        assertThatThrownBy(this::run).hasMessageContaining("unsaid");

        assertThat(app.told)
                .as("what the run holds is let go")
                .singleElement()
                .asString()
                .startsWith("ROLLED_BACK: its end is not known")
                .contains("unsaid");
        assertThat(container.xaErrors()).containsExactly(XAException.XA_RBROLLBACK);
    }

    @Test
    void anEndThatCannotBeRead_isToldAsTheReason_whateverElseFails() {
        app.unsaid = new IllegalStateException("unsaid");
        app.failsAfterwards = true;

        assertThatThrownBy(this::run).hasMessageContaining("unsaid").satisfies(thrown -> assertThat(
                        thrown.getSuppressed())
                .anyMatch(also -> String.valueOf(also.getMessage()).contains("as told")));
    }

    @Test
    void aFateThatCannotBeTold_isToldAsARollback() {
        container.end = (resource, xid) -> {
            branches.failure = away();
            try {
                resource.prepare(xid);
            } finally {
                branches.watch = () -> {
                    throw new OutOfMemoryError("as told");
                };
            }
        };

        assertThatThrownBy(this::run).isInstanceOf(OutOfMemoryError.class);

        assertThat(app.told).singleElement().asString().startsWith("ROLLED_BACK: its end is not known");
    }

    @Test
    void aVoteThatWasNotHeard_isTakenBack_byWhomeverCanFirst() {
        container.end = (resource, xid) -> {
            branches.failure = away();
            try {
                resource.prepare(xid);
            } finally {
                branches.failure = null;
            }
        };

        assertThat(run()).contains(Settlement.of(lease, RETRY));

        assertThat(container.xaErrors()).containsExactly(XAException.XAER_RMFAIL);
        assertThat(branches.prepared).as("given up by the adapter itself").isEmpty();
        assertThat(app.told).containsExactly("ROLLED_BACK: GOOSE-3011: away, as told");
        assertThat(log).anyMatch(line -> line.startsWith("GOOSE-4213") && line.contains("rolls it back"));
    }

    @Test
    void aCommitThatWasNotHeard_leavesTheJobToItsBranch_andSaysSoOnce() {
        Xid[] branch = new Xid[1];
        container.end = (resource, xid) -> {
            branch[0] = xid;
            resource.prepare(xid);
            branches.failure = away();
            resource.commit(xid, false);
        };

        assertThat(run()).as("nothing, for the lease is not the session's").contains(back());

        assertThat(container.xaErrors()).containsExactly(XAException.XAER_RMFAIL);
        assertThat(app.told).containsExactly("UNKNOWN");
        assertThat(branches.prepared).hasSize(1);
        assertThat(log)
                .filteredOn(line -> line.startsWith("GOOSE-4221"))
                .singleElement()
                .satisfies(line -> assertThat(line)
                        .contains(BranchId.of(branch[0]).toString(), job.id().value()));
    }

    @Test
    void aTransactionThatIsStillPreparedWhenTheDeliveryEnds_keepsTheJob() {
        container.end = XAResource::prepare;
        container.failsInAfterDelivery = true;

        assertThat(run()).contains(back());

        assertThat(app.told).containsExactly("UNKNOWN");
        assertThat(log).anyMatch(line -> line.startsWith("GOOSE-4221"));
    }

    @Test
    void whoAsksForAVoteWhenTheDeliveryIsOver_getsNone() throws XAException {
        XAResource[] late = new XAResource[1];
        Xid[] branch = new Xid[1];
        container.end = (resource, xid) -> {
            late[0] = resource;
            branch[0] = xid;
        };

        assertThat(run()).contains(Settlement.of(lease, RETRY));

        assertThatThrownBy(() -> late[0].prepare(branch[0]))
                .isInstanceOfSatisfying(
                        XAException.class, no -> assertThat(no.errorCode).isEqualTo(XAException.XA_RBROLLBACK));
        assertThatThrownBy(() -> late[0].commit(branch[0], true)).isInstanceOf(XAException.class);
        assertThat(branches.prepared).isEmpty();
        assertThat(late[0].isSameRM(late[0])).isTrue();
        assertThat(late[0].isSameRM(new LeaseResource(branches, true))).isFalse();
        assertThat(late[0].recover(XAResource.TMSTARTRSCAN)).isEmpty();
    }

    /** Its time was up, and another thread has ended it. */
    @Test
    void aTransactionThatEndsWhileTheBodyRuns_isAFailure() {
        container.end = (resource, xid) -> {
            resource.rollback(xid);
            resource.prepare(xid);
        };

        assertThat(run()).contains(Settlement.of(lease, RETRY));

        assertThat(container.xaErrors()).containsExactly(XAException.XA_RBROLLBACK);
    }

    @Test
    void aContainerThatDoesNotEnlist_isNamed_andTheJobRunsAgain() {
        container.enlists = false;

        assertThat(run()).contains(Settlement.of(lease, RETRY));

        assertThat(app.told).singleElement().asString().startsWith("ROLLED_BACK: the container let");
        assertThat(log).anyMatch(line -> line.startsWith("GOOSE-4223") && line.contains("ShopJobs"));
    }

    @Test
    void aDeliveryThatIsRefused_isNoAttempt() {
        container.failsBefore = true;

        assertThat(run()).contains(Settlement.of(lease, Outcome.Release.NOW));

        assertThat(app.told).isEmpty();
        assertThat(endpoint.doorway().getAsBoolean()).isFalse();
    }

    @Test
    void anApplicationThatStops_isNoAttempt() {
        app.isStopped = true;

        assertThat(run()).get().extracting(Settlement::outcome).isInstanceOf(Outcome.Release.class);

        assertThat(container.xaErrors()).containsExactly(XAException.XA_RBROLLBACK);
        assertThat(endpoint.doorway().getAsBoolean()).isFalse();
    }

    @Test
    void whatFailsAfterTheCommit_changesNothing() {
        app.failsAfterwards = true;
        container.failsInAfterDelivery = true;
        assertThat(run()).isEmpty();

        container.end = (resource, xid) -> resource.commit(xid, true);
        assertThat(run()).contains(done);

        assertThat(log).filteredOn(line -> line.startsWith("GOOSE-4192")).hasSize(2);
    }

    @Test
    void whatFailsAfterARollback_isTheWorkersToLog() {
        app.failsAfterwards = true;
        container.end = XAResource::rollback;

        assertThatThrownBy(this::run).hasMessageContaining("as told");
    }

    @Test
    void anInterrupt_isKeptFromTheBroker_andLeftToTheWorker() {
        container.end = (resource, xid) -> {
            Thread.currentThread().interrupt();
            branches.watch =
                    () -> assertThat(Thread.currentThread().isInterrupted()).isFalse();
            FakeContainer.commitInTwoPhases(resource, xid);
            assertThat(Thread.interrupted()).isTrue();
        };

        assertThat(run()).isEmpty();
        assertThat(app.told).containsExactly("COMMITTED");
    }
}
