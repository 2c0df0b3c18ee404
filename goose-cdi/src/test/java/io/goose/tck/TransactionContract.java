package io.goose.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.admin.Place;
import io.goose.job.BatchId;
import io.goose.job.BatchState;
import io.goose.job.Envelope.Unique.OnConflict;
import io.goose.job.Envelope.Unique.Scope;
import io.goose.job.JobId;
import io.goose.job.QueuedJob;
import io.goose.job.UniqueKey;
import io.goose.spi.BatchLedger;
import io.goose.spi.Beat;
import io.goose.spi.Capability;
import io.goose.spi.Lease;
import io.goose.spi.LeaseState;
import io.goose.spi.Outcome;
import io.goose.spi.SendResult;
import io.goose.spi.Session;
import io.goose.spi.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Enqueuing and completing as part of transactions; for brokers with {@code JOINS_TRANSACTION} and {@code
 * TRANSACTIONAL_SETTLE}, whose {@link BrokerUnderTest#transactions} are there.
 */
public abstract class TransactionContract extends BrokerContract {

    private TransactionsUnderTest transactions;

    @BeforeEach
    void prepare() {
        transactions = underTest.transactions().orElseThrow();
        broker.prepareQueues(Set.of(QUEUE));
    }

    private QueuedJob sentInTransaction() {
        QueuedJob job = TestJobs.job(QUEUE);
        assertThat(broker.sendInTransaction(List.of(job))).containsExactly(SendResult.Accepted.INSTANCE);
        return job;
    }

    /** Completes in a transaction that stays open. */
    private void complete(Session worker, Lease lease) {
        transactions.begin();
        assertThat(worker.settleInTransaction(lease)).isEqualTo(Verdict.APPLIED);
    }

    @Test
    void whatIsSentInATransaction_isThereAfterItsCommit() {
        transactions.begin();
        QueuedJob job = sentInTransaction();
        transactions.commit();
        broker.committed(Set.of(QUEUE));

        assertThat(drain(open())).containsExactly(job.id());
    }

    @Test
    void whatIsSentInATransaction_neverWas_afterItsRollback() {
        transactions.begin();
        sentInTransaction();
        transactions.rollback();

        assertThat(drain(open())).isEmpty();
        assertThat(broker.stats(QUEUE).waiting()).isZero();
    }

    @Test
    void aUniqueKeyIsThatOfTheTransactionThatCommits() {
        needs(Capability.UNIQUE);
        UniqueKey key = new UniqueKey("key", Scope.RUNNING, null, OnConflict.KEEP, null);
        QueuedJob never = TestJobs.job(QUEUE).withUnique(key);
        transactions.begin();
        assertThat(broker.sendInTransaction(List.of(never))).containsExactly(SendResult.Accepted.INSTANCE);
        transactions.rollback();

        QueuedJob first = TestJobs.job(QUEUE).withUnique(key);
        QueuedJob second = TestJobs.job(QUEUE).withUnique(key);
        transactions.begin();
        assertThat(broker.sendInTransaction(List.of(first, second)))
                .containsExactly(SendResult.Accepted.INSTANCE, new SendResult.Exists(first.id()));
        transactions.commit();
        transactions.begin();
        assertThat(broker.sendInTransaction(List.of(second))).containsExactly(new SendResult.Exists(first.id()));
        transactions.commit();
        broker.committed(Set.of(QUEUE));

        assertThat(drain(open())).containsExactly(first.id());
    }

    @Test
    void aJobThatIsCompletedInATransaction_isGoneAfterItsCommit() {
        QueuedJob job = sendOne();
        Session worker = open();
        Lease lease = leaseOne(worker);
        assertThat(worker.look(lease)).isEqualTo(LeaseState.HELD);

        complete(worker, lease);
        transactions.commit();
        worker.settledInTransaction(lease);

        assertThat(broker.find(QUEUE, job.id())).isEmpty();
        assertThat(worker.look(lease)).isEqualTo(LeaseState.ENDED);
        assertThat(worker.renew()).isEqualTo(Beat.OK);
        assertThat(settle(worker, lease, Outcome.Release.NOW)).isEqualTo(Verdict.STALE);
        assertThat(lease(openElsewhere(), 1)).isEmpty();
    }

    @Test
    void aJobWhoseTransactionRollsBack_isSettledByTheSameLease() {
        QueuedJob job = sendOne();
        Session worker = open();
        Lease lease = leaseOne(worker);

        complete(worker, lease);
        transactions.rollback();

        assertThat(worker.look(lease)).isEqualTo(LeaseState.HELD);
        assertThat(worker.renew()).isEqualTo(Beat.OK);
        assertThat(placeOf(job)).isEqualTo(Place.RUNNING);
        apply(worker, lease, new Outcome.Dead(lease.job().state()));
        assertThat(placeOf(job)).isEqualTo(Place.DEAD);
    }

    @Test
    void aLeaseThatIsOver_isStale() {
        sendOne();
        Session worker = open();
        Lease lease = leaseOne(worker);
        apply(worker, lease, Outcome.Release.NOW);
        Lease again = leaseOne(openElsewhere());

        transactions.begin();
        assertThat(worker.settleInTransaction(lease)).isEqualTo(Verdict.STALE);
        transactions.rollback();

        assertThat(worker.look(lease)).isEqualTo(LeaseState.ENDED);
        assertThat(placeOf(again.job())).isEqualTo(Place.RUNNING);
    }

    @Test
    void whileItsTransactionIsOpen_nobodyCanTellWhatBecomesOfIt() throws Exception {
        sendOne();
        Session worker = open();
        Lease lease = leaseOne(worker);

        complete(worker, lease);

        assertThat(elsewhere(() -> worker.look(lease))).isEqualTo(LeaseState.UNDECIDED);
        transactions.rollback();
        assertThat(worker.look(lease)).isEqualTo(LeaseState.HELD);
    }

    /** As when its manager decided to commit, and cannot tell the database of it yet. */
    @Test
    void aTransactionThatIsInDoubtAfterItsCommitReturned_stopsNoHeart_andItsJobComesBackAfterARollback()
            throws Exception {
        List<QueuedJob> jobs = sendSome(2);
        Session worker = open();
        Lease lease = lease(worker, 2).get(0);

        complete(worker, lease);
        worker.settledInTransaction(lease);
        assertThat(elsewhere(() -> List.of(worker.renew(), worker.renew()))).containsOnly(Beat.OK);
        assertThat(elsewhere(() -> broker.stats(QUEUE)).running()).isEqualTo(2);
        transactions.rollback();

        assertThat(worker.renew()).isEqualTo(Beat.OK);
        assertThat(broker.stats(QUEUE).running()).isEqualTo(1);
        assertThat(drain(worker)).containsExactly(jobs.get(0).id());
    }

    @Test
    void whileItsTransactionIsOpen_aJobOfADeadSessionIsNotRescued_andItsNeighboursAre() throws Exception {
        List<QueuedJob> jobs = sendSome(2);
        Session mortal = openMortal(1);
        List<Lease> leases = lease(mortal, 2);
        Session rescuer = open();

        complete(mortal, leases.get(0));
        List<JobId> rescued = elsewhere(() -> {
            beatFor(pastShortLease(), rescuer);
            List<JobId> ran = new ArrayList<>();
            eventually("the neighbour is rescued", () -> {
                underTest.advance(underTest.shortHeartbeat());
                rescuer.renew();
                rescuer.sweep();
                ran.addAll(drain(rescuer));
                return !ran.isEmpty();
            });
            beatFor(pastShortLease(), rescuer);
            rescuer.sweep();
            ran.addAll(drain(rescuer));
            return ran;
        });
        transactions.commit();

        assertThat(rescued).containsExactly(jobs.get(1).id());
        assertThat(broker.find(QUEUE, jobs.get(0).id())).isEmpty();
        beatFor(pastShortLease(), rescuer);
        rescuer.sweep();
        assertThat(drain(rescuer)).isEmpty();
    }

    @Test
    void aJobOfADeadSessionWhoseTransactionRollsBack_isRescuedThen() {
        QueuedJob job = sendOne();
        Session mortal = openMortal(1);
        Lease lease = leaseOne(mortal);
        Session rescuer = open();

        complete(mortal, lease);
        transactions.rollback();
        rescue(rescuer, 1);

        assertThat(drain(rescuer)).containsExactly(job.id());
        transactions.begin();
        assertThat(mortal.settleInTransaction(lease)).isEqualTo(Verdict.STALE);
        transactions.rollback();
    }

    @Test
    void aJobAndWhatItEnqueues_areOneTransaction() {
        sendOne();
        Session worker = open();
        Lease lease = leaseOne(worker);
        complete(worker, lease);
        sentInTransaction();
        transactions.rollback();
        assertThat(broker.stats(QUEUE).waiting()).isZero();

        complete(worker, lease);
        QueuedJob next = sentInTransaction();
        transactions.commit();
        worker.settledInTransaction(lease);

        assertThat(drain(worker)).containsExactly(next.id());
    }

    @Test
    void aJobOfABatch_thatIsCompletedInATransaction_isCountedWithTheNextClaim() {
        BatchId id = BatchId.draw(Instant.now());
        QueuedJob callback = TestJobs.atFront(TestJobs.withId(QUEUE, id.callback(0)));
        BatchLedger.Plan plan =
                new BatchLedger.Plan(QUEUE, Duration.ofHours(1), Map.of(BatchState.SUCCESS, List.of(callback)));
        List<QueuedJob> members = List.of(TestJobs.withId(QUEUE, id.member(0)));
        broker.batches().add(new BatchLedger.Addition(id, plan, "all", 0, members, Set.of(QUEUE), true));
        Session worker = open();
        Lease lease = leaseOne(worker);

        complete(worker, lease);
        transactions.commit();
        worker.settledInTransaction(lease);

        assertThat(drain(worker)).containsExactly(callback.id());
        assertThat(broker.batches().find(id).orElseThrow().status().state()).isEqualTo(BatchState.SUCCESS);
    }

    @Test
    void manyThreadsOfASession_completeEachItsOwn() {
        sendSome(40);
        Session worker = open();
        List<Lease> leases = lease(worker, 40);
        assertThat(leases).hasSize(40);

        Together.run(4, thread -> {
            for (int i = thread; i < leases.size(); i += 4) {
                complete(worker, leases.get(i));
                if (i % 2 == 0) {
                    transactions.commit();
                    worker.settledInTransaction(leases.get(i));
                } else {
                    transactions.rollback();
                }
            }
        });

        assertThat(broker.stats(QUEUE).running()).isEqualTo(20);
        for (int i = 1; i < leases.size(); i += 2) {
            apply(worker, leases.get(i), new Outcome.Snooze(Duration.ofHours(1)));
        }
        assertThat(broker.stats(QUEUE).scheduled()).isEqualTo(20);
    }

    /** On a thread without a transaction. */
    private static <T> T elsewhere(Callable<T> work) throws Exception {
        FutureTask<T> task = new FutureTask<>(work);
        Thread thread = new Thread(task, "without a transaction");
        thread.setDaemon(true);
        thread.start();
        return task.get();
    }
}
