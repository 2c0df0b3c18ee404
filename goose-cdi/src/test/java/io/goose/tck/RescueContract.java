package io.goose.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.admin.Place;
import io.goose.admin.StoredJob;
import io.goose.job.Failure;
import io.goose.job.JobId;
import io.goose.job.QueuedJob;
import io.goose.spi.Capability;
import io.goose.spi.Lease;
import io.goose.spi.Outcome;
import io.goose.spi.Session;
import io.goose.spi.Sweep;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What becomes of the jobs of workers that died. A worker dies here by never being heard of again. */
public abstract class RescueContract extends BrokerContract {

    @Test
    @DisplayName("6.2 orphan-job-recovery-test: the job of a dead worker runs on another")
    void anOrphanRunsAgainAndNoAttemptIsCounted() {
        QueuedJob job = sendOne();
        Session dead = openMortal(1);
        leaseOne(dead);
        Session worker = open();

        Sweep sweep = rescue(worker, 1);

        assertThat(sweep.suspects()).containsExactly(job.id());
        Lease again = leaseSoon(worker);
        assertThat(again.suspect()).isTrue();
        assertThat(again.job().id()).isEqualTo(job.id());
        assertThat(again.job().envelope()).isEqualTo(job.envelope());
        assertThat(again.job().state().attempt()).isEqualTo(1);
        assertThat(again.job().state().moves()).isZero();
        assertThat(again.job().state().crashes()).isEqualTo(1);
        done(worker, List.of(again));
        assertThat(broker.stats(QUEUE).running()).isZero();
    }

    @Test
    @DisplayName("R8: any worker rescues any queue's orphans")
    void aWorkerOfAnotherQueueRescues() {
        needsExactCounting();
        QueuedJob job = sendOne();
        leaseOne(openMortal(1));

        rescue(open("tck-other"), 1);

        assertThat(placeOf(job)).isEqualTo(Place.WAITING);
    }

    @Test
    void jobsOfADeadWorkerOnSeveralQueuesAreRescued() {
        needsExactCounting();
        Session dead = openMortal(1, "tck-a", "tck-b");
        QueuedJob a = send(TestJobs.job("tck-a"));
        QueuedJob b = send(TestJobs.job("tck-b"));
        dead.lease("tck-a", 1, MANY_BYTES);
        dead.lease("tck-b", 1, MANY_BYTES);

        Sweep sweep = rescue(open(), 2);

        assertThat(all(sweep)).containsExactlyInAnyOrder(a.id(), b.id());
        assertThat(placeOf(a)).isEqualTo(Place.WAITING);
        assertThat(placeOf(b)).isEqualTo(Place.WAITING);
    }

    @Test
    @DisplayName("mechanics 6: only what can have been running is counted, buffered jobs are not")
    void onlyTheFirstLeasesAreSuspects() {
        List<QueuedJob> jobs = sendSome(10);
        Session dead = openMortal(3);
        List<Lease> leases = lease(dead, 10);
        done(dead, leases.subList(0, 1));
        Session worker = open();

        Sweep sweep = rescue(worker, 9);

        assertThat(sweep.suspects()).containsExactlyElementsOf(TestJobs.ids(jobs.subList(1, 4)));
        assertThat(sweep.rescued()).containsExactlyElementsOf(TestJobs.ids(jobs.subList(4, 10)));
        assertThat(sweep.buried()).isEmpty();
        List<Lease> again = lease(worker, 10);
        assertThat(again).as("one suspect and all that is none").hasSize(7);
        for (Lease lease : again) {
            boolean counts = jobs.subList(1, 4).stream()
                    .anyMatch(job -> job.id().equals(lease.job().id()));
            assertThat(lease.job().state().crashes()).isEqualTo(counts ? 1 : 0);
        }
    }

    @Test
    void uncountedJobsGoToTheFrontInTheirOrder() {
        List<QueuedJob> jobs = sendSome(12);
        lease(openMortal(1), 6);
        Session worker = open();
        rescue(worker, 6);

        List<Lease> plain =
                lease(worker, 12).stream().filter(lease -> !lease.suspect()).toList();

        assertThat(idsOf(plain)).isEqualTo(TestJobs.ids(jobs.subList(1, 12)));
    }

    @Test
    @DisplayName("mechanics 6: a session runs one suspect at a time")
    void aSessionGetsOneSuspectAtATime() {
        sendSome(4);
        lease(openMortal(4), 4);
        Session worker = open();
        Session other = openElsewhere();
        rescue(worker, 4);

        List<Lease> first = lease(worker, 10);
        List<Lease> ofOther = lease(other, 10);

        assertThat(first).hasSize(1);
        assertThat(ofOther).hasSize(1);
        assertThat(lease(worker, 10)).isEmpty();
        sendOne();
        List<Lease> plain = lease(worker, 10);
        assertThat(plain).hasSize(1).noneMatch(Lease::suspect);
        done(worker, first);
        assertThat(lease(worker, 10)).hasSize(1).allMatch(Lease::suspect);
    }

    @Test
    @DisplayName("R7, 6.10: a job whose worker dies three times, the last time alone, is buried with evidence")
    void aPoisonJobIsBuried() {
        QueuedJob job = sendOne();
        List<Sweep> sweeps = new ArrayList<>();
        Session rescuer = open("tck-other");
        String lastSession = "";
        for (int i = 0; i < 3; i++) {
            Session dead = openMortal(2);
            leaseSoon(dead);
            lastSession = dead.id();
            sweeps.add(rescue(rescuer, 1));
        }

        assertThat(sweeps.get(0).suspects()).containsExactly(job.id());
        assertThat(sweeps.get(1).suspects()).containsExactly(job.id());
        assertThat(sweeps.get(2).buried()).containsExactly(job.id());
        StoredJob buried = found(job);
        assertThat(buried.place()).isEqualTo(Place.DEAD);
        assertThat(buried.job().state().crashes()).isEqualTo(3);
        assertThat(buried.job().state().attempt()).isEqualTo(1);
        assertThat(buried.job().state().failures().diedAt()).isNotNull();
        Failure evidence = buried.job().state().failures().last();
        assertThat(evidence).isNotNull();
        assertThat(evidence.type()).isEqualTo(Failure.POISON);
        assertThat(evidence.message())
                .isEqualTo(
                        "was running, alone among suspects, when its worker died for the 3rd time; host tck-host, session "
                                + lastSession + ", 2 threads");
        assertThat(evidence.stack()).as("nothing ran beside it").isEqualToIgnoringNewLines("neighbours:");
        assertThat(lease(open(), 1)).isEmpty();
    }

    @Test
    @DisplayName("R7: the evidence names the jobs that can have been running beside a buried one")
    void theEvidenceOfABuriedJobNamesItsNeighbours() {
        QueuedJob killer = sendOne();
        Session rescuer = open("tck-other");
        for (int i = 0; i < 2; i++) {
            leaseSoon(openMortal(1));
            rescue(rescuer, 1);
        }
        List<QueuedJob> neighbours = sendSome(2);
        Session dead = openMortal(5);
        List<JobId> held = new ArrayList<>();
        eventually("it has all three", () -> {
            held.addAll(idsOf(lease(dead, 10)));
            return held.size() == 3;
        });

        Sweep sweep = rescue(rescuer, 3);

        assertThat(sweep.buried()).containsExactly(killer.id());
        assertThat(found(killer).job().state().failures().last().stack().lines())
                .first()
                .isEqualTo("neighbours:");
        assertThat(found(killer).job().state().failures().last().stack().lines().skip(1))
                .containsExactlyInAnyOrder(
                        neighbours.get(0).id().value(), neighbours.get(1).id().value());
    }

    @Test
    void aBuriedPoisonJobCanBeReplayedWithACleanCount() {
        QueuedJob job = sendOne();
        Session rescuer = open("tck-other");
        for (int i = 0; i < 3; i++) {
            leaseSoon(openMortal(1));
            rescue(rescuer, 1);
        }

        assertThat(broker.replay(QUEUE, job.id())).isTrue();

        Lease again = leaseOne(open());
        assertThat(again.suspect()).isFalse();
        assertThat(again.job().state().crashes()).isZero();
    }

    @Test
    @DisplayName("mechanics 6: one killer among many jobs, exactly one job is buried")
    void neighboursOfAKillerAreNotBuried() {
        List<QueuedJob> jobs = sendSome(60);
        JobId killer = jobs.get(17).id();
        Set<JobId> ran = new HashSet<>();
        Session rescuer = open("tck-other");

        for (int crash = 0; ran.size() < 59; crash++) {
            assertThat(crash).as("crashes until all others have run").isLessThan(10);
            Session worker = openMortal(6);
            boolean crashed = false;
            int held = 0;
            for (List<Lease> leases = lease(worker, 6);
                    !leases.isEmpty() && !crashed;
                    leases = crashed ? List.of() : lease(worker, 6)) {
                crashed = idsOf(leases).contains(killer);
                held = leases.size();
                if (!crashed) {
                    ran.addAll(idsOf(leases));
                    done(worker, leases);
                }
            }
            if (crashed) {
                rescue(rescuer, held);
            } else {
                worker.close();
            }
        }

        assertThat(idsOfStored(broker.list(QUEUE, Place.DEAD, 0, 100))).containsExactly(killer);
        assertThat(ran).doesNotContain(killer);
        assertThat(broker.stats(QUEUE).waiting()).isZero();
    }

    @Test
    @DisplayName("R6, mechanics 23: an orderly stop never counts, not even for leases that expire later")
    void theLeasesOfAClosedSessionExpireUncounted() {
        List<QueuedJob> jobs = sendSome(3);
        Session closed = openMortal(5);
        lease(closed, 3);
        closed.close();
        closed.close();
        Session worker = open();
        assertThat(lease(worker, 10)).as("the bodies may still be running").isEmpty();

        Sweep sweep = rescue(worker, 3);

        assertThat(sweep.rescued()).containsExactlyElementsOf(TestJobs.ids(jobs));
        List<Lease> again = lease(worker, 10);
        assertThat(idsOf(again)).isEqualTo(TestJobs.ids(jobs));
        assertThat(again)
                .noneMatch(Lease::suspect)
                .allSatisfy(lease -> assertThat(lease.job().state().crashes()).isZero());
    }

    @Test
    void aSuspectOfAClosedSessionIsNotCountedAndStaysASuspect() {
        QueuedJob job = sendOne();
        Session rescuer = open("tck-other");
        for (int i = 0; i < 2; i++) {
            leaseSoon(openMortal(1));
            rescue(rescuer, 1);
        }
        Session closed = openMortal(1);
        leaseSoon(closed);
        closed.close();
        rescue(rescuer, 1);

        Lease again = leaseSoon(open());

        assertThat(again.job().id()).isEqualTo(job.id());
        assertThat(again.suspect()).isTrue();
        assertThat(again.job().state().crashes()).isEqualTo(2);
    }

    @Test
    @DisplayName("mechanics 6: a job that ends any other way resets its count")
    void aRetryForgetsTheCrashes() {
        sendOne();
        Session rescuer = open("tck-other");
        for (int i = 0; i < 2; i++) {
            leaseSoon(openMortal(1));
            rescue(rescuer, 1);
        }
        Session worker = open();
        Lease suspect = leaseSoon(worker);
        apply(
                worker,
                suspect,
                new Outcome.Retry(
                        Duration.ZERO,
                        QUEUE,
                        suspect.job().state().afterFailure(TestJobs.failure("it threw"), Instant.ofEpochMilli(1))));

        Lease again = leaseSoon(worker);

        assertThat(again.suspect()).isFalse();
        assertThat(again.job().state().crashes()).isZero();
    }

    @Test
    void aSnoozeForgetsTheCrashes() {
        needs(Capability.DELAY);
        sendOne();
        leaseOne(openMortal(1));
        Session worker = open();
        rescue(worker, 1);

        apply(worker, leaseSoon(worker), new Outcome.Snooze(Duration.ofMillis(50)));

        assertThat(leaseSoon(worker).suspect()).isFalse();
    }

    @Test
    void aReleasedSuspectIsStillOne() {
        needs(Capability.DELAY);
        sendOne();
        leaseOne(openMortal(1));
        Session worker = open();
        rescue(worker, 1);

        apply(worker, leaseSoon(worker), Outcome.Release.NOW);
        Lease now = leaseSoon(worker);
        assertThat(now.suspect()).isTrue();
        worker.returnUnstarted(List.of(now));
        now = leaseSoon(worker);
        assertThat(now.suspect()).isTrue();
        apply(worker, now, new Outcome.Release(Duration.ofMillis(50), null));
        assertThat(leaseSoon(worker).suspect()).isTrue();
    }

    @Test
    void aSessionClosedWithNothingInItsHandsLeavesNothing() {
        sendOne();
        Session closed = openMortal(5);
        done(closed, lease(closed, 1));
        closed.close();
        Session worker = open();

        beatFor(pastShortLease(), worker);

        assertThat(worker.sweep()).isEqualTo(Sweep.NOTHING);
    }

    @Test
    @DisplayName("mechanics 25: a rescue of many is done in pieces, and nothing is lost between them")
    void aDeadWorkerWithManyLeasesLosesNone() {
        List<QueuedJob> jobs = sendSome(1300);
        Session dead = openMortal(40);
        int leased = 0;
        while (leased < 1300) {
            leased += lease(dead, 400).size();
        }
        Session worker = open();

        Sweep sweep = rescue(worker, 1300);

        assertThat(sweep.suspects()).hasSize(40);
        assertThat(all(sweep)).hasSize(1300).doesNotHaveDuplicates();
        assertThat(drain(worker)).containsExactlyInAnyOrderElementsOf(TestJobs.ids(jobs));
        assertThat(broker.stats(QUEUE).running()).isZero();
    }

    private static List<JobId> all(Sweep sweep) {
        List<JobId> all = new ArrayList<>(sweep.suspects());
        all.addAll(sweep.rescued());
        all.addAll(sweep.buried());
        return all;
    }

    @Test
    void aSessionThatTakesNoSuspectsNowGetsTheOthers() {
        sendSome(2);
        lease(openMortal(2), 2);
        Session worker = open();
        rescue(worker, 2);
        List<QueuedJob> fresh = sendSome(2);

        assertThat(idsOf(worker.lease(QUEUE, 10, MANY_BYTES, false).leases()))
                .containsExactlyElementsOf(TestJobs.ids(fresh));

        List<Lease> leases = worker.lease(QUEUE, 10, MANY_BYTES, true).leases();
        assertThat(leases).hasSize(1).allMatch(Lease::suspect);
    }

    @Test
    void aSuspectIsTheFirstOfItsClaim() {
        sendSome(1);
        leaseOne(openMortal(1));
        Session worker = open();
        rescue(worker, 1);
        for (int i = 0; i < 30; i++) { // the back's turn may come at any of these claims
            sendSome(1);
            TestJobs.jobs(QUEUE, 2).forEach(job -> send(TestJobs.atFront(job)));
            List<Lease> leases = lease(worker, 3);
            assertThat(leases.get(0).suspect()).isTrue();
            assertThat(leases).filteredOn(Lease::suspect).hasSize(1);
            worker.returnUnstarted(leases.subList(0, 1));
            done(worker, leases.subList(1, leases.size()));
        }
    }
}
