package io.goose.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.admin.Place;
import io.goose.admin.QueueStats;
import io.goose.job.DeliveryState;
import io.goose.job.QueuedJob;
import io.goose.spi.Capability;
import io.goose.spi.Effect;
import io.goose.spi.Lease;
import io.goose.spi.Outcome;
import io.goose.spi.Session;
import io.goose.spi.Settlement;
import io.goose.spi.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** How leases end. */
public abstract class SettleContract extends BrokerContract {

    private static final QueueStats EMPTY = new QueueStats(QUEUE, 0, 0, 0, 0, 0, false);

    static List<Outcome> endings() {
        return List.of(Outcome.Done.INSTANCE, new Outcome.Cancelled(), new Outcome.Expired());
    }

    @ParameterizedTest
    @MethodSource("endings")
    void aJobThatCameToItsEndIsGone(Outcome ending) {
        QueuedJob job = sendOne();
        Session worker = open();

        apply(worker, leaseOne(worker), ending);

        assertGone(job);
        assertThat(broker.stats(QUEUE)).isEqualTo(EMPTY);
        assertThat(lease(worker, 1)).isEmpty();
    }

    @Test
    @DisplayName("R5: a settle is fenced by its token")
    void onlyTheTokenOfThePresentLeaseSettles() {
        QueuedJob job = sendOne();
        Session worker = open();
        Lease old = leaseOne(worker);
        apply(worker, old, Outcome.Release.NOW);
        Lease present = leaseOne(worker);

        assertThat(settle(worker, old, Outcome.Done.INSTANCE)).isEqualTo(Verdict.STALE);
        assertPlace(job, Place.RUNNING);
        assertThat(settle(worker, present, Outcome.Done.INSTANCE)).isEqualTo(Verdict.APPLIED);
        assertThat(settle(worker, present, Outcome.Done.INSTANCE)).isEqualTo(Verdict.STALE);
    }

    @Test
    @DisplayName("R5: nobody settles another session's lease")
    void onlyTheSessionThatLeasedSettles() {
        QueuedJob job = sendOne();
        Session worker = open();
        Session other = openElsewhere();
        Lease lease = leaseOne(worker);

        assertThat(settle(other, lease, Outcome.Done.INSTANCE)).isEqualTo(Verdict.STALE);
        other.returnUnstarted(List.of(lease));

        assertPlace(job, Place.RUNNING);
        apply(worker, lease, Outcome.Done.INSTANCE);
    }

    @Test
    void everySettlementHasItsOwnVerdictAndABadOneHarmsNobody() {
        sendSome(4);
        Session worker = open();
        List<Lease> leases = lease(worker, 4);
        apply(worker, leases.get(1), Outcome.Done.INSTANCE);
        Lease forged = new Lease(leases.get(2).job(), leases.get(3).token() + 1000, false);
        Lease neverThere = new Lease(TestJobs.job("tck-never-used"), 1, false);

        List<Verdict> verdicts = worker.settle(List.of(
                Settlement.of(leases.get(0), Outcome.Done.INSTANCE),
                Settlement.of(leases.get(1), Outcome.Done.INSTANCE),
                Settlement.of(forged, Outcome.Done.INSTANCE),
                Settlement.of(neverThere, Outcome.Done.INSTANCE),
                Settlement.of(leases.get(2), Outcome.Done.INSTANCE),
                Settlement.of(leases.get(2), Outcome.Done.INSTANCE),
                Settlement.of(leases.get(3), Outcome.Release.NOW)));

        assertThat(verdicts)
                .containsExactly(
                        Verdict.APPLIED,
                        Verdict.STALE,
                        Verdict.STALE,
                        Verdict.STALE,
                        Verdict.APPLIED,
                        Verdict.STALE,
                        Verdict.APPLIED);
        assertThat(drain(worker)).containsExactly(leases.get(3).job().id());
    }

    @Test
    void settlingNothingAnswersNothing() {
        assertThat(open().settle(List.of())).isEmpty();
    }

    @Test
    void jobsOfSeveralQueuesAreSettledTogether() {
        Session worker = open("tck-a", "tck-b");
        List<Lease> leases = new ArrayList<>();
        for (String queue : List.of("tck-a", "tck-b", "tck-a")) {
            send(TestJobs.job(queue));
            leases.addAll(worker.lease(queue, 1, MANY_BYTES).leases());
        }

        done(worker, leases);

        assertThat(broker.stats("tck-a").running() + broker.stats("tck-b").running())
                .isZero();
    }

    @Test
    void aThousandOutcomesAreSettledTogether() {
        sendSome(1000);
        Session worker = open();
        List<Lease> leases = new ArrayList<>();
        while (leases.size() < 1000) {
            leases.addAll(lease(worker, 500));
        }

        done(worker, leases);

        assertThat(broker.stats(QUEUE)).isEqualTo(EMPTY);
    }

    @Test
    @DisplayName("6.10: drain releases jobs without counting an attempt")
    void aReleasedJobIsAtTheFrontAgainAndNoAttemptIsCounted() {
        QueuedJob job = sendOne();
        sendSome(2);
        Session worker = open();

        apply(worker, leaseOne(worker), Outcome.Release.NOW);

        QueuedJob again = leaseOne(openElsewhere()).job();
        assertThat(again.id()).isEqualTo(job.id());
        assertThat(again.envelope()).isEqualTo(job.envelope());
        assertThat(again.state().attempt()).isEqualTo(1);
        assertThat(again.state().crashes()).isZero();
    }

    @Test
    void aJobReleasedForLaterWaitsForItsTime() {
        needs(Capability.DELAY);
        QueuedJob job = sendOne();
        Session worker = open();

        apply(worker, leaseOne(worker), new Outcome.Release(Duration.ofMillis(200), null));

        assertPlace(job, Place.SCHEDULED);
        Lease again = leaseSoon(worker);
        assertThat(again.job().id()).isEqualTo(job.id());
        assertThat(again.job().state().attempt()).isEqualTo(1);
    }

    @Test
    void aSnoozingJobWaitsForItsTimeAndNoAttemptIsCounted() {
        needs(Capability.DELAY);
        QueuedJob job = sendOne();
        Session worker = open();

        apply(worker, leaseOne(worker), new Outcome.Snooze(Duration.ofMillis(200)));

        assertPlace(job, Place.SCHEDULED);
        DeliveryState state = leaseSoon(worker).job().state();
        assertThat(state.attempt()).isEqualTo(1);
        assertThat(state.moves()).isEqualTo(1);
    }

    @Test
    void aReleaseKeepsTheRecord() {
        Session worker = open();
        sendOne();
        DeliveryState failedOnce = leaseOne(worker)
                .job()
                .state()
                .afterFailure(TestJobs.failure("once"), java.time.Instant.ofEpochMilli(1_700_000_000_123L));
        send(TestJobs.job(QUEUE).withState(failedOnce));

        apply(worker, leaseOne(worker), Outcome.Release.NOW);

        DeliveryState kept = leaseOne(worker).job().state();
        assertThat(kept.attempt()).isEqualTo(2);
        assertThat(kept.failures()).isEqualTo(failedOnce.failures());
    }

    @Test
    @DisplayName("mechanics 13: jobs that were not started go back to the front in their order")
    void unstartedJobsGoBackInTheirOrder() {
        List<QueuedJob> jobs = sendSome(6);
        Session worker = open();
        List<Lease> leases = lease(worker, 4);
        apply(worker, leases.get(0), Outcome.Done.INSTANCE);

        worker.returnUnstarted(leases);

        assertThat(broker.stats(QUEUE).running()).isZero();
        List<Lease> again = lease(openElsewhere(), 10);
        assertThat(idsOf(again)).isEqualTo(TestJobs.ids(jobs.subList(1, 6)));
        assertThat(again).allSatisfy(lease -> {
            assertThat(lease.job().state().attempt()).isEqualTo(1);
            assertThat(lease.job().state().crashes()).isZero();
        });
    }

    @Test
    @DisplayName("mechanics 2: outcome and effects are one step")
    void anEffectEnqueuesInTheStepOfItsOutcome() {
        sendOne();
        Session worker = open();
        QueuedJob next = TestJobs.job(QUEUE);

        assertThat(worker.settle(List.of(
                        new Settlement(leaseOne(worker), Outcome.Done.INSTANCE, List.of(new Effect.Enqueue(next))))))
                .containsExactly(Verdict.APPLIED);

        assertThat(drain(worker)).containsExactly(next.id());
    }

    @Test
    @DisplayName("mechanics 3: an effect for another queue arrives there once")
    void anEffectForAnotherQueueArrives() {
        sendOne();
        Session worker = open();
        Session elsewhere = openElsewhere("tck-other");
        QueuedJob next = TestJobs.job("tck-other");

        worker.settle(
                List.of(new Settlement(leaseOne(worker), Outcome.Done.INSTANCE, List.of(new Effect.Enqueue(next)))));

        Lease arrived = leaseSoon(elsewhere, "tck-other");
        assertThat(arrived.job().id()).isEqualTo(next.id());
        assertThat(arrived.job().envelope()).isEqualTo(next.envelope());
        done(elsewhere, List.of(arrived));
        worker.renew();
        worker.sweep();
        assertGone(next);
    }

    @Test
    void aStaleSettlementHasNoEffect() {
        sendOne();
        Session worker = open();
        Lease lease = leaseOne(worker);
        apply(worker, lease, Outcome.Done.INSTANCE);
        QueuedJob next = TestJobs.job(QUEUE);

        assertThat(worker.settle(
                        List.of(new Settlement(lease, Outcome.Done.INSTANCE, List.of(new Effect.Enqueue(next))))))
                .containsExactly(Verdict.STALE);

        assertGone(next);
        assertThat(drain(worker)).isEmpty();
    }

    @Test
    @DisplayName("mechanics 3: the same effect again, by id and moves, does nothing, even when its job has finished")
    void anEffectIsAppliedOnce() {
        needsKnownIds();
        sendSome(2);
        Session worker = open();
        List<Lease> leases = lease(worker, 2);
        QueuedJob next = TestJobs.job(QUEUE);
        List<Effect> effects = List.of(new Effect.Enqueue(next));

        worker.settle(List.of(new Settlement(leases.get(0), Outcome.Done.INSTANCE, effects)));
        assertThat(drain(worker)).containsExactly(next.id());
        worker.settle(List.of(new Settlement(leases.get(1), Outcome.Done.INSTANCE, effects)));

        assertThat(drain(worker)).isEmpty();
    }
}
