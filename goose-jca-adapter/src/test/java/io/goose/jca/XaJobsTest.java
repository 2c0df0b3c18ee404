package io.goose.jca;

import static javax.transaction.xa.XAResource.TMENDRSCAN;
import static javax.transaction.xa.XAResource.TMFAIL;
import static javax.transaction.xa.XAResource.TMJOIN;
import static javax.transaction.xa.XAResource.TMNOFLAGS;
import static javax.transaction.xa.XAResource.TMRESUME;
import static javax.transaction.xa.XAResource.TMSTARTRSCAN;
import static javax.transaction.xa.XAResource.TMSUCCESS;
import static javax.transaction.xa.XAResource.TMSUSPEND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.goose.BrokerRefusedException;
import io.goose.BrokerUnavailableException;
import io.goose.broker.jca.Served;
import io.goose.broker.memory.MemoryBroker;
import io.goose.job.DeliveryState;
import io.goose.job.EncodedEnvelope;
import io.goose.job.Envelope.Unique.OnConflict;
import io.goose.job.Envelope.Unique.Scope;
import io.goose.job.JobId;
import io.goose.job.QueuedJob;
import io.goose.job.UniqueKey;
import io.goose.spi.BranchId;
import io.goose.spi.SendResult;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.transaction.xa.XAException;
import javax.transaction.xa.XAResource;
import javax.transaction.xa.Xid;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What a transaction manager sees of a connection: the states of a branch, its votes and its errors. */
final class XaJobsTest {

    private static final AtomicInteger NUMBERS = new AtomicInteger();

    private final KeptBranches broker = new KeptBranches();
    private final GooseManagedConnectionFactory factory = factory();
    private final XaJobs connection = new XaJobs(factory, broker, true);
    private final Xid xid = xid();

    /** One that no other test's is equal to. */
    private static GooseManagedConnectionFactory factory() {
        GooseManagedConnectionFactory factory = new GooseManagedConnectionFactory();
        factory.setUrl("redis://localhost:" + NUMBERS.incrementAndGet());
        return factory;
    }

    private static Xid xid() {
        return new BranchId(4, "%08x".formatted(NUMBERS.incrementAndGet()), "01").toXid();
    }

    private static QueuedJob job() {
        JobId id = JobId.random();
        return new QueuedJob(
                "default", id, EncodedEnvelope.wrap(id.value().getBytes(StandardCharsets.UTF_8)), DeliveryState.FRESH);
    }

    private QueuedJob enqueued(Xid in) throws XAException {
        QueuedJob job = job();
        connection.start(in, TMNOFLAGS);
        assertThat(connection.add(List.of(job))).containsExactly(SendResult.Accepted.INSTANCE);
        connection.end(in, TMSUCCESS);
        return job;
    }

    private static void assertCode(int code, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(XAException.class, failure -> assertThat(failure.errorCode)
                .isEqualTo(code));
    }

    @Test
    void twoPhases_prepareAndSend() throws XAException {
        QueuedJob job = enqueued(xid);
        assertThat(broker.prepared).isEmpty();

        assertThat(connection.prepare(xid)).isEqualTo(XAResource.XA_OK);
        assertThat(broker.prepared(xid)).containsExactly(job);
        connection.commit(xid, false);

        assertThat(broker.sent).containsExactly(job);
        assertCode(XAException.XAER_NOTA, () -> connection.commit(xid, false));
        assertCode(XAException.XAER_NOTA, () -> connection.prepare(xid));
    }

    @Test
    void onePhase_sendsAtOnce() throws XAException {
        QueuedJob job = enqueued(xid);

        connection.commit(xid, true);

        assertThat(broker.sent).containsExactly(job);
        assertThat(broker.prepared).isEmpty();
        assertCode(XAException.XAER_NOTA, () -> connection.commit(xid, true));
    }

    @Test
    void whoDidNothing_votesReadOnly_andIsNotAskedAgain() throws XAException {
        connection.start(xid, TMNOFLAGS);
        connection.end(xid, TMSUCCESS);

        assertThat(connection.prepare(xid)).isEqualTo(XAResource.XA_RDONLY);
        assertCode(XAException.XAER_NOTA, () -> connection.commit(xid, false));
        Xid other = xid();
        connection.start(other, TMNOFLAGS);
        connection.end(other, TMSUCCESS);
        connection.commit(other, true);
        assertThat(broker.prepared).isEmpty();
    }

    @Test
    void aRollback_beforeAndAfterThePrepare_leavesNothing() throws XAException {
        enqueued(xid);
        connection.rollback(xid);
        assertCode(XAException.XAER_NOTA, () -> connection.prepare(xid));
        Xid second = xid();
        enqueued(second);
        connection.prepare(second);
        connection.rollback(second);

        assertThat(broker.prepared).isEmpty();
        assertThat(broker.sent).isEmpty();
        assertCode(XAException.XAER_NOTA, () -> connection.rollback(second));
    }

    @Test
    void suspendedAndJoined_itIsOneBranch() throws XAException {
        XaJobs second = new XaJobs(factory, broker, true);
        assertThat(second.isSameRM(connection)).isTrue();
        List<QueuedJob> jobs = List.of(job(), job(), job(), job());
        connection.start(xid, TMNOFLAGS);
        connection.add(jobs.subList(0, 1));
        connection.end(xid, TMSUSPEND);
        assertThat(connection.isAssociated()).isFalse();
        Xid between = xid();
        connection.start(between, TMNOFLAGS);
        connection.add(List.of(job()));
        connection.end(between, TMSUCCESS);
        connection.start(xid, TMRESUME);
        connection.add(jobs.subList(1, 2));
        second.start(xid, TMJOIN);
        second.add(jobs.subList(2, 4));
        connection.end(xid, TMSUCCESS);
        assertCode(XAException.XAER_PROTO, () -> connection.prepare(xid));
        second.end(xid, TMSUCCESS);

        assertThat(connection.prepare(xid)).isEqualTo(XAResource.XA_OK);

        assertThat(broker.prepared(xid)).containsExactlyElementsOf(jobs);
        connection.rollback(between);
    }

    @Test
    void aSuspendedOne_canBeEndedAsItIs() throws XAException {
        connection.start(xid, TMNOFLAGS);
        connection.add(List.of(job()));
        connection.end(xid, TMSUSPEND);
        connection.end(xid, TMSUCCESS);

        assertThat(connection.prepare(xid)).isEqualTo(XAResource.XA_OK);
        assertCode(XAException.XAER_NOTA, () -> connection.end(xid, TMSUCCESS));
    }

    @Test
    void whatTheProtocolForbids_isRefused() throws XAException {
        assertCode(XAException.XAER_NOTA, () -> connection.start(xid, TMJOIN));
        assertCode(XAException.XAER_NOTA, () -> connection.end(xid, TMSUCCESS));
        assertCode(XAException.XAER_NOTA, () -> connection.prepare(xid));
        assertCode(XAException.XAER_NOTA, () -> connection.rollback(xid));
        assertCode(XAException.XAER_INVAL, () -> connection.start(xid, TMSUCCESS));
        connection.start(xid, TMNOFLAGS);
        assertCode(XAException.XAER_PROTO, () -> connection.start(xid(), TMNOFLAGS));
        assertCode(XAException.XAER_INVAL, () -> connection.end(xid, TMJOIN));
        XaJobs second = new XaJobs(factory, broker, true);
        assertCode(XAException.XAER_DUPID, () -> second.start(xid, TMNOFLAGS));
        assertCode(XAException.XAER_PROTO, () -> second.start(xid, TMRESUME));
        assertCode(XAException.XAER_PROTO, () -> second.end(xid, TMSUCCESS));
        connection.end(xid, TMFAIL);
        assertCode(XAException.XA_RBROLLBACK, () -> second.start(xid, TMJOIN));
        assertCode(XAException.XA_RBROLLBACK, () -> connection.prepare(xid));
        assertThat(broker.prepared).isEmpty();
    }

    @Test
    void aRefusedVote_isARollback_andAnUnknownOneIsRolledBackLater() throws XAException {
        broker.refusal = "GOOSE-3210: no, as told";
        enqueued(xid);
        assertCode(XAException.XA_RBROLLBACK, () -> connection.prepare(xid));
        assertCode(XAException.XAER_NOTA, () -> connection.rollback(xid));
        broker.refusal = null;
        broker.failure = new BrokerUnavailableException("away, as told", null);
        Xid second = xid();
        XaJobs relaxed = new XaJobs(factory, broker, false);
        relaxed.start(second, TMNOFLAGS);
        relaxed.add(List.of(job()));
        relaxed.end(second, TMSUCCESS);

        assertCode(XAException.XAER_RMFAIL, () -> relaxed.prepare(second));
        assertCode(XAException.XAER_RMFAIL, () -> relaxed.rollback(second));
        assertThat(broker.prepared).containsKey(BranchId.of(second));
        broker.failure = null;
        relaxed.rollback(second);
        assertThat(broker.prepared).isEmpty();
    }

    @Test
    void aCommitThatIsNotAnswered_isAskedForAgain() throws XAException {
        QueuedJob job = enqueued(xid);
        connection.prepare(xid);
        broker.failure = new BrokerUnavailableException("away, as told", null);

        assertCode(XAException.XAER_RMFAIL, () -> connection.commit(xid, false));
        assertCode(XAException.XAER_RMFAIL, () -> connection.recover(TMSTARTRSCAN));
        broker.failure = null;
        new XaJobs(factory(), broker, true).commit(xid, false);

        assertThat(broker.sent).containsExactly(job);
    }

    @Test
    void whatWasDecidedHere_isAHeuristicCommitToWhoeverRollsItBack() {
        broker.failure = new IllegalStateException("GOOSE-3215: committed, as told");

        assertCode(XAException.XA_HEURCOM, () -> connection.rollback(xid));
    }

    @Test
    void aScan_givesAllWithItsBegin_andNothingMore() throws XAException {
        enqueued(xid);
        connection.prepare(xid);
        XaJobs cold = new XaJobs(factory, broker, true);

        assertThat(cold.recover(TMSTARTRSCAN)).containsExactly(xid);
        assertThat(cold.recover(TMNOFLAGS)).isEmpty();
        assertThat(cold.recover(TMENDRSCAN)).isEmpty();
        assertThat(cold.recover(TMSTARTRSCAN | TMENDRSCAN)).containsExactly(xid);
        assertCode(XAException.XAER_INVAL, () -> cold.recover(TMJOIN));
        cold.rollback(xid);
    }

    @Test
    void serversThatMayForget_refuseTheFirstJob_andAreAskedOnceForEachConnection() throws XAException {
        broker.failure = new BrokerRefusedException("GOOSE-3210: no, as told", null);
        connection.start(xid, TMNOFLAGS);
        assertThatThrownBy(() -> connection.add(List.of(job()))).hasMessageContaining("GOOSE-3210");
        broker.failure = null;
        connection.add(List.of(job()));
        connection.add(List.of(job()));
        assertThat(broker.checks).isEqualTo(2);
        connection.end(xid, TMSUCCESS);
        connection.rollback(xid);
        XaJobs relaxed = new XaJobs(factory, broker, false);
        Xid other = xid();
        relaxed.start(other, TMNOFLAGS);
        relaxed.add(List.of(job()));
        relaxed.end(other, TMSUCCESS);
        relaxed.rollback(other);
        assertThat(broker.checks).isEqualTo(2);
    }

    @Test
    void aUniqueJob_isRefused_andTheOthersAreKept() throws XAException {
        QueuedJob plain = job();
        QueuedJob unique = job().withUnique(new UniqueKey("k", Scope.RUNNING, null, OnConflict.KEEP, null));
        connection.start(xid, TMNOFLAGS);

        List<SendResult> results = connection.add(List.of(unique, plain));

        assertThat(results.get(0))
                .isInstanceOfSatisfying(SendResult.Rejected.class, rejected -> assertThat(rejected.code())
                        .isEqualTo("GOOSE-3212"));
        assertThat(results.get(1)).isEqualTo(SendResult.Accepted.INSTANCE);
        connection.end(xid, TMSUCCESS);
        connection.prepare(xid);
        assertThat(broker.prepared(xid)).containsExactly(plain);
    }

    /** The caller would take success for jobs that are there. */
    @Test
    void aConnectionThatIsThrownAwayInItsTransaction_failsTheCommit() throws Exception {
        try (MemoryBroker store = MemoryBroker.withClock(InstantSource.system())) {
            GooseManagedConnection managed =
                    new GooseManagedConnection(new Served(store), "", new LocalJobs(store), connection);
            assertThat(managed.getXAResource()).isSameAs(connection);
            connection.start(xid, TMNOFLAGS);
            connection.add(List.of(job()));

            managed.destroy();

            assertCode(XAException.XA_RBROLLBACK, () -> connection.end(xid, TMSUCCESS));
            assertCode(XAException.XA_RBROLLBACK, () -> connection.prepare(xid));
        }
    }

    @Test
    void outsideOfATransaction_nothingIsKept() {
        assertThatThrownBy(() -> connection.add(List.of(job()))).hasMessageContaining("GOOSE-3198");
    }

    @Test
    void aNameSurvivesItsText() {
        BranchId id = BranchId.of(xid);

        assertThat(BranchId.parse(id.toString())).contains(id);
        assertThat(BranchId.of(id.toXid())).isEqualTo(id);
        assertThat(BranchId.parse("-7--")).contains(new BranchId(-7, "", ""));
        assertThat(BranchId.parse("99999999999-00-00")).isEmpty();
        assertThat(BranchId.parse("1-0g-00")).isEmpty();
    }
}
