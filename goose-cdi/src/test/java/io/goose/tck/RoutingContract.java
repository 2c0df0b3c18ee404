package io.goose.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.goose.admin.Place;
import io.goose.admin.StoredJob;
import io.goose.job.DeliveryState;
import io.goose.job.JobId;
import io.goose.job.QueuedJob;
import io.goose.spi.Capability;
import io.goose.spi.Lease;
import io.goose.spi.Outcome;
import io.goose.spi.Session;
import io.goose.spi.Settlement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Jobs that the worker who leased them does not know (mechanics 19). */
public abstract class RoutingContract extends BrokerContract {

    private static final String NEED = "handler:com.acme.Report#build";
    private static final Duration LONG = Duration.ofHours(1);

    private static Outcome unknown(Duration after) {
        return new Outcome.Release(after, NEED);
    }

    private static Outcome parked() {
        return new Outcome.Parked("no worker has known " + NEED + " for an hour", NEED);
    }

    @Test
    void aJobGoesAtOnceToALiveSessionThatKnowsIt() {
        needs(Capability.HANDLER_ROUTING);
        QueuedJob job = sendOne();
        Session ignorant = open();
        Session knowing = openKnowing(NEED, "enc:json");

        apply(ignorant, leaseOne(ignorant), unknown(LONG));

        assertThat(placeOf(job)).isEqualTo(Place.WAITING);
        assertThat(lease(ignorant, 10)).as("it is not asked again").isEmpty();
        Lease lease = leaseOne(knowing);
        assertThat(lease.job().id()).isEqualTo(job.id());
        assertThat(lease.job().envelope()).isEqualTo(job.envelope());
        assertThat(lease.job().state().attempt()).isEqualTo(1);
        assertThat(lease.job().state().unknownSince()).isNull();
        apply(knowing, lease, Outcome.Done.INSTANCE);
        assertThat(broker.stats(QUEUE).waiting()).isZero();
    }

    @Test
    void aRoutedJobGoesAheadOfTheOthers() {
        needs(Capability.HANDLER_ROUTING);
        QueuedJob job = sendOne();
        Session ignorant = open();
        Session knowing = openKnowing(NEED);
        Lease lease = leaseOne(ignorant);
        sendSome(3);

        apply(ignorant, lease, unknown(LONG));

        assertThat(leaseOne(knowing).job().id()).isEqualTo(job.id());
    }

    @Test
    void aJobThatNobodyKnowsIsAskedAboutAgainLaterAndKeepsSinceWhen() {
        needs(Capability.DELAY);
        QueuedJob job = sendOne();
        Session ignorant = openKnowing("handler:other");

        Instant before = underTest.now();
        apply(ignorant, leaseOne(ignorant), unknown(Duration.ofMillis(150)));

        assertPlace(job, Place.SCHEDULED);
        Lease second = leaseSoon(ignorant);
        Instant since = second.job().state().unknownSince();
        assertThat(since).isBetween(before.minusSeconds(30), underTest.now().plusSeconds(30));
        assertThat(second.job().state().attempt()).isEqualTo(1);
        apply(ignorant, second, unknown(Duration.ofMillis(150)));
        assertThat(leaseSoon(ignorant).job().state().unknownSince()).isEqualTo(since);
    }

    @Test
    @DisplayName("mechanics 19: a rolling deploy: what waited for the new version is back when it starts")
    void aDelayedJobIsBackAtOnceWhenASessionThatKnowsItOpens() {
        needs(Capability.HANDLER_ROUTING);
        QueuedJob job = sendOne();
        Session ignorant = open();
        apply(ignorant, leaseOne(ignorant), unknown(LONG));
        assertThat(placeOf(job)).isEqualTo(Place.SCHEDULED);

        openKnowing("handler:other");
        assertThat(placeOf(job)).as("nobody who knows it has come").isEqualTo(Place.SCHEDULED);
        Session knowing = openKnowing(NEED);

        Lease lease = leaseSoon(knowing);
        assertThat(lease.job().id()).isEqualTo(job.id());
        assertThat(lease.job().state().unknownSince()).isNull();
        assertThat(broker.stats(QUEUE).scheduled()).isZero();
    }

    @Test
    void aParkedJobWaitsWithItsReasonAndIsBackWhenASessionThatKnowsItOpens() {
        needsAskedJobs();
        assumeThat(underTest.recallsParked()).as("parked jobs come back").isTrue();
        QueuedJob job = sendOne();
        Session ignorant = open();
        apply(ignorant, leaseOne(ignorant), parked());

        StoredJob stored = found(job);
        assertThat(stored.place()).isEqualTo(Place.PARKED);
        assertThat(stored.note()).contains(NEED);
        assertThat(broker.stats(QUEUE).parked()).isEqualTo(1);
        assertThat(lease(ignorant, 1)).isEmpty();

        Lease lease = leaseSoon(openKnowing(NEED));
        assertThat(lease.job().id()).isEqualTo(job.id());
        assertThat(lease.job().envelope()).isEqualTo(job.envelope());
        assertThat(broker.stats(QUEUE).parked()).isZero();
    }

    @Test
    void aParkedJobThatNeedsSeveralThings_isBackWhenASessionThatKnowsThemAllOpens() {
        needsAskedJobs();
        assumeThat(underTest.recallsParked()).as("parked jobs come back").isTrue();
        String needs = "enc:smile " + NEED;
        QueuedJob job = sendOne();
        Session ignorant = open();
        apply(ignorant, leaseOne(ignorant), new Outcome.Parked("nobody has both", needs));

        Session one = openKnowing("enc:smile");
        assertThat(lease(one, 1)).isEmpty();
        assertThat(broker.stats(QUEUE).parked()).isEqualTo(1);

        assertThat(leaseSoon(openKnowing(NEED, "enc:smile")).job().id()).isEqualTo(job.id());
    }

    @Test
    void aJobIsNotParkedIfALiveSessionKnowsIt() {
        needs(Capability.HANDLER_ROUTING);
        QueuedJob job = sendOne();
        Session ignorant = open();
        Session knowing = openKnowing(NEED);

        apply(ignorant, leaseOne(ignorant), parked());

        assertThat(leaseOne(knowing).job().id()).isEqualTo(job.id());
        assertThat(broker.stats(QUEUE).parked()).isZero();
    }

    @Test
    @DisplayName("R27: what cannot be read is kept, unchanged, until a person decides")
    void aJobParkedForAPersonStaysUntilItIsReplayed() {
        QueuedJob job = sendOne();
        Session worker = open();
        apply(worker, leaseOne(worker), new Outcome.Parked("the envelope is no JSON", null));
        openKnowing(NEED);

        assertThat(found(job).place()).isEqualTo(Place.PARKED);
        assertThat(found(job).note()).isEqualTo("the envelope is no JSON");
        assertThat(found(job).job().envelope()).isEqualTo(job.envelope());
        assertThat(broker.replay(QUEUE, job.id())).isTrue();
        assertThat(broker.replay(QUEUE, job.id())).isFalse();
        assertThat(leaseOne(worker).job().id()).isEqualTo(job.id());
    }

    @Test
    void aSessionOfAnotherQueueIsNotAsked() {
        needs(Capability.HANDLER_ROUTING);
        QueuedJob job = sendOne();
        Session ignorant = open();
        openMortalKnowing(5, Set.of(NEED), "tck-other");

        apply(ignorant, leaseOne(ignorant), unknown(LONG));

        assertThat(placeOf(job)).isEqualTo(Place.SCHEDULED);
    }

    @Test
    void aSessionThatIsSilentForTooLongIsNotAsked() {
        needs(Capability.HANDLER_ROUTING);
        QueuedJob job = sendOne();
        Session ignorant = open();
        openMortalKnowing(5, Set.of(NEED));
        underTest.advance(underTest.shortLease().multipliedBy(2));

        apply(ignorant, leaseOne(ignorant), unknown(LONG));

        assertThat(placeOf(job)).isEqualTo(Place.SCHEDULED);
    }

    @Test
    void aSessionThatWasClosedIsNotAsked() {
        needs(Capability.HANDLER_ROUTING);
        QueuedJob job = sendOne();
        Session ignorant = open();
        openKnowing(NEED).close();

        apply(ignorant, leaseOne(ignorant), unknown(LONG));

        assertThat(placeOf(job)).isEqualTo(Place.SCHEDULED);
    }

    @Test
    void aSessionThatWasClosedWithAJobInItsHandsIsNotAsked() {
        needs(Capability.HANDLER_ROUTING);
        sendOne();
        Session closed = openKnowing(NEED);
        leaseOne(closed);
        closed.close();
        QueuedJob job = sendOne();
        Session ignorant = open();

        apply(ignorant, leaseOne(ignorant), unknown(LONG));

        assertThat(placeOf(job)).isEqualTo(Place.SCHEDULED);
    }

    @Test
    void routedJobsAreAskedAboutAgainWhenTheLastSessionThatKnewThemCloses() {
        needs(Capability.HANDLER_ROUTING);
        QueuedJob job = sendOne();
        Session ignorant = open();
        Session knowing = openKnowing(NEED);
        apply(ignorant, leaseOne(ignorant), unknown(LONG));

        knowing.close();

        assertThat(leaseSweeping(ignorant).job().id()).isEqualTo(job.id());
    }

    @Test
    void routedJobsAreAskedAboutAgainWhenTheLastSessionThatKnewThemDies() {
        needs(Capability.HANDLER_ROUTING);
        QueuedJob job = sendOne();
        Session ignorant = open();
        Lease lease = leaseOne(ignorant);
        openToughKnowing(NEED);
        apply(ignorant, lease, unknown(LONG));

        assertThat(leaseSweeping(ignorant).job().id()).isEqualTo(job.id());
    }

    private Lease leaseSweeping(Session session) {
        List<Lease> leased = new ArrayList<>();
        eventually("the routed job is free again", () -> {
            underTest.advance(underTest.shortHeartbeat());
            session.renew();
            session.sweep();
            leased.addAll(lease(session, 1));
            return !leased.isEmpty();
        });
        return leased.get(0);
    }

    @Test
    void aRoutedSuspectIsStillASuspect() {
        needs(Capability.HANDLER_ROUTING);
        sendSome(2);
        lease(openMortal(2), 2);
        Session ignorant = open();
        rescue(ignorant, 2);
        Session knowing = openKnowing(NEED);
        for (int i = 0; i < 2; i++) {
            apply(ignorant, leaseSoon(ignorant), unknown(LONG));
        }

        List<Lease> leases = lease(knowing, 10);

        assertThat(leases).hasSize(1).allMatch(Lease::suspect);
        assertThat(lease(knowing, 10)).isEmpty();
        done(knowing, leases);
        assertThat(lease(knowing, 10)).hasSize(1).allMatch(Lease::suspect);
    }

    @Test
    void aDeletedRoutedJobIsGone() {
        needs(Capability.HANDLER_ROUTING);
        QueuedJob job = sendOne();
        Session ignorant = open();
        Session knowing = openKnowing(NEED);
        apply(ignorant, leaseOne(ignorant), unknown(LONG));

        assertThat(broker.delete(QUEUE, job.id())).isTrue();

        assertThat(lease(knowing, 1)).isEmpty();
        assertThat(broker.stats(QUEUE).waiting()).isZero();
    }

    @Test
    @DisplayName("mechanics 19: two applications with disjoint handlers on one queue park nothing and delay nothing")
    void twoApplicationsShareAQueue() {
        needs(Capability.HANDLER_ROUTING);
        List<QueuedJob> jobs = sendSome(200);
        Map<JobId, String> handlers = new HashMap<>();
        for (int i = 0; i < 200; i++) {
            handlers.put(jobs.get(i).id(), i % 2 == 0 ? "handler:a" : "handler:b");
        }
        Session a = openKnowing("handler:a");
        Session b = openKnowing("handler:b");
        List<JobId> ran = new ArrayList<>();

        while (ran.size() < 200) {
            int before = ran.size();
            ran.addAll(work(a, "handler:a", handlers));
            ran.addAll(work(b, "handler:b", handlers));
            assertThat(ran.size()).as("no round is without progress").isGreaterThan(before);
        }

        assertThat(ran).containsExactlyInAnyOrderElementsOf(TestJobs.ids(jobs));
        assertThat(broker.stats(QUEUE).parked()).isZero();
        assertThat(broker.stats(QUEUE).scheduled()).isZero();
    }

    private List<JobId> work(Session session, String known, Map<JobId, String> handlers) {
        List<JobId> ran = new ArrayList<>();
        List<Settlement> settlements = new ArrayList<>();
        for (Lease lease : lease(session, 20)) {
            JobId id = lease.job().id();
            boolean runs = known.equals(handlers.get(id));
            settlements.add(
                    Settlement.of(lease, runs ? Outcome.Done.INSTANCE : new Outcome.Release(LONG, handlers.get(id))));
            if (runs) {
                ran.add(id);
            }
            assertThat(lease.job().state().attempt()).isEqualTo(DeliveryState.FRESH.attempt());
        }
        session.settle(settlements);
        return ran;
    }

    @Test
    void aJobThatNeedsSeveralThingsGoesToASessionThatKnowsThemAll() {
        needs(Capability.HANDLER_ROUTING);
        String needs = "enc:smile " + NEED;
        QueuedJob job = sendOne();
        Session ignorant = open();
        Session one = openKnowing("enc:smile");
        Session other = openKnowing(NEED);
        apply(ignorant, leaseOne(ignorant), new Outcome.Release(LONG, needs));
        assertThat(placeOf(job)).as("nobody has both").isEqualTo(Place.SCHEDULED);

        Session both = openKnowing(NEED, "enc:smile", "enc:json");
        Lease lease = leaseSoon(both);
        assertThat(lease.job().id()).isEqualTo(job.id());
        apply(both, lease, new Outcome.Release(LONG, needs));
        assertThat(lease(one, 1)).isEmpty();
        assertThat(lease(other, 1)).isEmpty();
        assertThat(lease(ignorant, 1)).isEmpty();
        assertThat(leaseOne(both).job().id()).isEqualTo(job.id());
    }

    @Test
    void aJobThatIsPassedOnKeepsSinceWhenNobodyKnewIt() {
        needs(Capability.HANDLER_ROUTING);
        QueuedJob job = sendOne();
        Session ignorant = openKnowing("v:1");
        Session newer = openKnowing("v:2");
        apply(ignorant, leaseOne(ignorant), new Outcome.Release(LONG, "v:2"));
        apply(newer, leaseOne(newer), unknown(Duration.ofMillis(150))); // it can read it, and misses the handler
        Instant since = found(job).job().state().unknownSince();
        assertThat(since).isNotNull();

        Lease second = leaseSoon(ignorant);
        assertThat(second.unknownFor()).isBetween(Duration.ofMillis(100), Duration.ofMinutes(5));
        apply(ignorant, second, new Outcome.Release(LONG, "v:2"));

        Lease third = leaseOne(newer);
        assertThat(third.job().state().unknownSince()).isEqualTo(since);
        assertThat(third.unknownFor()).isGreaterThanOrEqualTo(second.unknownFor());
    }

    @Test
    void aJobThatSomebodyKnewIsNotUnknownAnyMore() {
        needs(Capability.DELAY);
        sendOne();
        Session ignorant = openKnowing("v:1");
        apply(ignorant, leaseOne(ignorant), unknown(Duration.ofMillis(50)));
        Lease lease = leaseSoon(ignorant);
        assertThat(lease.job().state().unknownSince()).isNotNull();

        apply(ignorant, lease, new Outcome.Release(Duration.ZERO, null)); // as by a worker that stops

        Lease again = leaseOne(ignorant);
        assertThat(again.job().state().unknownSince()).isNull();
        assertThat(again.unknownFor()).isZero();
    }

    @Test
    void aJobThatHasFailedSince_waitsForItsRetry_whateverIsKnownNow() {
        needs(Capability.DELAY);
        QueuedJob job = sendOne();
        Session worker = open();
        apply(worker, leaseOne(worker), unknown(Duration.ofMillis(50)));
        Lease second = leaseSoon(worker);
        DeliveryState next = second.job().state().afterFailure(TestJobs.failure("broken"), underTest.now());
        apply(worker, second, new Outcome.Retry(LONG, QUEUE, next));

        Session knowing = openKnowing(NEED);
        knowing.renew();

        assertPlace(job, Place.SCHEDULED);
        assertThat(lease(knowing, 1)).isEmpty();
    }

    @Test
    void aJobThatHasTheIdOfADeletedOne_waitsForItsTime() {
        needs(Capability.HANDLER_ROUTING);
        QueuedJob job = sendOne();
        Session ignorant = open();
        apply(ignorant, leaseOne(ignorant), unknown(LONG));
        assertThat(broker.delete(QUEUE, job.id())).isTrue();
        send(TestJobs.at(job, underTest.now().plus(LONG)));

        Session knowing = openKnowing(NEED);
        knowing.renew();

        assertThat(placeOf(job)).isEqualTo(Place.SCHEDULED);
        assertThat(lease(knowing, 1)).isEmpty();
    }

    @Test
    @DisplayName("R14: what waits at the back is not starved by jobs that only some can run")
    void theBackGetsOneLeaseInTenWhileMuchIsRouted() {
        needs(Capability.HANDLER_ROUTING);
        List<QueuedJob> routed = sendSome(60);
        Session ignorant = open();
        Session knowing = openKnowing(NEED);
        ignorant.settle(lease(ignorant, 60).stream()
                .map(lease -> Settlement.of(lease, unknown(LONG)))
                .toList());
        List<JobId> back = TestJobs.ids(sendSome(60));
        int fromBack = 0;

        for (int i = 1; i <= 50; i++) {
            fromBack += back.contains(leaseOne(knowing).job().id()) ? 1 : 0;
            assertThat(fromBack).as("from the back among the first " + i).isGreaterThanOrEqualTo(i / 10);
        }
        assertThat(fromBack).as("what is routed goes first").isLessThanOrEqualTo(10);
        assertThat(idsOf(lease(knowing, 40))).containsAnyElementsOf(TestJobs.ids(routed));
    }
}
