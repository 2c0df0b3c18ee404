package io.goose.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.admin.Place;
import io.goose.job.CancelResult;
import io.goose.job.DeliveryState;
import io.goose.job.JobId;
import io.goose.job.QueuedJob;
import io.goose.spi.CancelListener;
import io.goose.spi.Capability;
import io.goose.spi.Lease;
import io.goose.spi.Outcome;
import io.goose.spi.Session;
import io.goose.spi.Settlement;
import io.goose.spi.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Jobs that somebody cancels, wherever they are. */
public abstract class CancelContract extends BrokerContract {

    private static final String RETRIES = "tck-retry";

    private final Set<String> told = ConcurrentHashMap.newKeySet();

    /** The ends of a lease after which the job would be there and run again. */
    enum ThatPutsBack {
        RETRIED_NOW(lease -> retry(lease, Duration.ZERO, QUEUE)),
        RETRIED_LATER(lease -> retry(lease, Duration.ofHours(1), QUEUE)),
        RETRIED_ELSEWHERE(lease -> retry(lease, Duration.ZERO, RETRIES)),
        RELEASED(lease -> Outcome.Release.NOW),
        RELEASED_FOR_OTHERS(lease -> new Outcome.Release(Duration.ofHours(1), "handler:unknown")),
        SNOOZED(lease -> new Outcome.Snooze(Duration.ofHours(1))),
        PARKED(lease -> new Outcome.Parked("nobody can run it", null));

        private final Function<Lease, Outcome> outcome;

        ThatPutsBack(Function<Lease, Outcome> outcome) {
            this.outcome = outcome;
        }
    }

    @BeforeEach
    void needCancel() {
        needs(Capability.CANCEL);
        told.clear();
    }

    private static Outcome retry(Lease lease, Duration after, String queue) {
        DeliveryState next = lease.job().state().afterFailure(TestJobs.failure("no"), Instant.ofEpochMilli(1));
        return new Outcome.Retry(after, queue, next);
    }

    private Session listening(Session session) {
        session.onCancel((id, token) -> told.add(id + " " + token));
        return session;
    }

    private static String name(Lease lease) {
        return lease.job().id() + " " + lease.token();
    }

    private CancelResult cancel(QueuedJob job) {
        CancelResult result = broker.cancel(job.queue(), job.id());
        return result == CancelResult.NOT_FOUND ? broker.cancelUnseen(job.id()) : result;
    }

    /** This answer, or, where jobs cannot all be found, that whoever has the job is asked. */
    private CancelResult ifFound(CancelResult result) {
        return can(Capability.WAITING_FIND) ? result : CancelResult.ASKED;
    }

    @Test
    void whatHasNotBegunIsRemoved() {
        QueuedJob waiting = sendOne();
        QueuedJob scheduled =
                send(TestJobs.at(TestJobs.job(QUEUE), underTest.now().plus(Duration.ofHours(1))));
        Session worker = listening(open());

        assertThat(cancel(waiting)).isEqualTo(ifFound(CancelResult.REMOVED));
        assertThat(cancel(scheduled)).isEqualTo(CancelResult.REMOVED);
        for (QueuedJob job : List.of(waiting, scheduled)) {
            assertGone(job);
            assertThat(cancel(job)).as("a second time").isEqualTo(ifFound(CancelResult.NOT_FOUND));
        }

        assertThat(lease(worker, 10)).isEmpty();
        assertThat(told).isEmpty();
    }

    @Test
    void whatWaitsToRunAgainIsRemoved() {
        Session worker = open();
        for (ThatPutsBack way :
                List.of(ThatPutsBack.RETRIED_LATER, ThatPutsBack.PARKED, ThatPutsBack.RELEASED_FOR_OTHERS)) {
            QueuedJob job = sendOne();
            Lease lease = leaseOne(worker);
            apply(worker, lease, way.outcome.apply(lease));

            assertThat(cancel(job)).as("of one that was %s", way).isEqualTo(CancelResult.REMOVED);
            assertGone(job);
        }
    }

    @Test
    void whatIsOverOrDeadOrWasNeverThereIsNotFound() {
        Session worker = open();
        QueuedJob done = sendOne();
        done(worker, List.of(leaseOne(worker)));
        QueuedJob dead = sendOne();
        Lease last = leaseOne(worker);
        apply(worker, last, new Outcome.Dead(last.job().state().afterDeath(TestJobs.failure("no"), Instant.EPOCH)));

        for (QueuedJob job : List.of(done, TestJobs.job(QUEUE), TestJobs.job("tck-unused"))) {
            assertThat(cancel(job)).isEqualTo(ifFound(CancelResult.NOT_FOUND));
        }
        assertThat(cancel(dead)).isEqualTo(CancelResult.NOT_FOUND);

        assertPlace(dead, Place.DEAD);
    }

    @Test
    void whoHasTheJobIsToldWithoutABeat() {
        sendOne();
        Session worker = openElsewhere();
        AtomicBoolean missed = new AtomicBoolean();
        worker.onCancel(new CancelListener() {
            @Override
            public void cancelled(JobId id, long token) {
                told.add(id + " " + token);
            }

            @Override
            public void missed() {
                missed.set(true);
            }
        });
        Lease lease = leaseOne(worker);

        assertThat(cancel(lease.job())).isEqualTo(CancelResult.ASKED);

        eventually("it is told", () -> {
            if (missed.getAndSet(false)) { // the connection for notices is new, so the worker is to ask
                worker.renew();
            }
            return told.contains(name(lease));
        });
        apply(worker, lease, new Outcome.Cancelled());
        assertGone(lease.job());
    }

    @Test
    void whoHasTheJobIsTold() {
        sendSome(2);
        Session worker = listening(openElsewhere());
        List<Lease> leases = lease(worker, 2);

        assertThat(cancel(leases.get(1).job())).isEqualTo(CancelResult.ASKED);
        assertThat(cancel(leases.get(1).job())).as("a second time").isEqualTo(CancelResult.ASKED);

        eventually("it is told", () -> {
            assertThat(worker.renew().lost()).isEmpty();
            return told.contains(name(leases.get(1)));
        });
        assertThat(told).containsExactly(name(leases.get(1)));
        apply(worker, leases.get(1), new Outcome.Cancelled());
        assertGone(leases.get(1).job());
        done(worker, leases.subList(0, 1));
        assertThat(cancel(leases.get(1).job())).isEqualTo(ifFound(CancelResult.NOT_FOUND));
    }

    @Test
    void whatIsCancelledByAnotherProcessIsNotBegunAfterTwoBeats() {
        List<QueuedJob> jobs = sendSome(2);
        Session worker = openElsewhere();
        assertThat(cancel(jobs.get(0))).isEqualTo(ifFound(CancelResult.REMOVED));

        worker.renew();
        worker.renew();

        assertThat(drainSoon(worker, 1)).containsExactly(jobs.get(1).id());
        assertThat(drain(worker)).isEmpty();
        assertGone(jobs.get(0));
    }

    @ParameterizedTest
    @EnumSource
    void aCancelledJobIsNotPutBack(ThatPutsBack way) {
        Session worker = open();
        QueuedJob spared = sendOne();
        Lease other = leaseOne(worker);
        QueuedJob job = sendOne();
        Lease lease = leaseOne(worker);
        assertThat(cancel(job)).isEqualTo(CancelResult.ASKED);

        assertThat(worker.settle(List.of(
                        Settlement.of(lease, way.outcome.apply(lease)),
                        Settlement.of(other, new Outcome.Release(Duration.ofHours(1), null)))))
                .containsOnly(Verdict.APPLIED);

        assertGone(job);
        assertGone(RETRIES, job.id());
        assertPlace(spared, Place.SCHEDULED);
        assertThat(lease(worker, 10)).isEmpty();
        assertThat(open(RETRIES).lease(RETRIES, 10, MANY_BYTES).leases()).isEmpty();
    }

    @Test
    void aCancelledJobThatWasNotStartedIsNotGivenBack() {
        List<QueuedJob> jobs = sendSome(2);
        Session worker = open();
        List<Lease> leases = lease(worker, 2);
        assertThat(cancel(jobs.get(0))).isEqualTo(CancelResult.ASKED);

        worker.returnUnstarted(leases);

        assertGone(jobs.get(0));
        assertThat(drainSoon(worker, 1)).containsExactly(jobs.get(1).id());
    }

    @Test
    void aCancelledJobOfADeadWorkerIsNotRescued() {
        List<QueuedJob> jobs = sendSome(3);
        lease(openMortal(1), 3); // the first is made a suspect, the others are given back
        assertThat(cancel(jobs.get(0))).isEqualTo(CancelResult.ASKED);
        assertThat(cancel(jobs.get(1))).isEqualTo(CancelResult.ASKED);
        Session worker = open();

        beatFor(pastShortLease(), worker);
        List<JobId> ran = new ArrayList<>();
        eventually("the third is rescued", () -> {
            worker.renew();
            worker.sweep();
            ran.addAll(drain(worker));
            return ran.contains(jobs.get(2).id());
        });

        assertThat(drain(worker)).isEmpty();
        assertThat(ran).containsExactly(jobs.get(2).id());
        assertGone(jobs.get(0));
        assertGone(jobs.get(1));
    }

    @Test
    void aCancelledJobThatRanToItsEndIsDoneAndOneThatDiedStaysDead() {
        QueuedJob done = sendOne();
        QueuedJob dead = sendOne();
        Session worker = listening(open());
        List<Lease> leases = lease(worker, 2);
        assertThat(List.of(cancel(done), cancel(dead))).containsOnly(CancelResult.ASKED);

        done(worker, leases.subList(0, 1));
        Outcome death = new Outcome.Dead(dead.state().afterDeath(TestJobs.failure("no"), Instant.EPOCH));
        apply(worker, leases.get(1), death);

        assertGone(done);
        assertPlace(dead, Place.DEAD);
        assertThat(broker.replay(QUEUE, dead.id())).isTrue();
        Lease again = leaseOne(worker);
        worker.renew();
        worker.renew();
        assertThat(told).as("who replays it wants it to run").doesNotContain(name(again));
        apply(worker, again, Outcome.Release.NOW);
        assertThat(drainSoon(worker, 1)).containsExactly(dead.id());
    }

    @Test
    void aJobThatIsSentAnewWithTheSameIdIsNotCancelled() {
        QueuedJob job = sendOne();
        Session worker = listening(open());
        done(worker, cancelled(worker, job));
        told.clear();

        send(job);
        Lease anew = leaseOne(worker);
        worker.renew();

        assertThat(told).doesNotContain(name(anew));
        apply(worker, anew, Outcome.Release.NOW);
        assertThat(drainSoon(worker, 1)).containsExactly(job.id());
    }

    private List<Lease> cancelled(Session worker, QueuedJob job) {
        List<Lease> leases = lease(worker, 1);
        assertThat(cancel(job)).isEqualTo(CancelResult.ASKED);
        return leases;
    }

    @Test
    void aCancellationIsNotLostWhileTheJobIsSettledOrLeased() {
        Session worker = open();
        List<QueuedJob> jobs = sendSome(60);
        Map<JobId, CancelResult> results = new ConcurrentHashMap<>();
        List<Lease> leases = new ArrayList<>(lease(worker, 30));

        Together.run(2, thread -> {
            for (int i = 0; i < jobs.size(); i++) {
                if (thread == 0) {
                    results.put(jobs.get(i).id(), cancel(jobs.get(i)));
                } else if (i < leases.size()) {
                    apply(worker, leases.get(i), retry(leases.get(i), Duration.ZERO, QUEUE));
                } else {
                    lease(worker, 1).forEach(lease -> apply(worker, lease, retry(lease, Duration.ZERO, QUEUE)));
                }
            }
        });

        assertThat(results.values()).hasSize(60).doesNotContain(CancelResult.NOT_FOUND);
        assertThat(drain(worker)).isEmpty();
        jobs.forEach(this::assertGone);
    }
}
