package io.goose.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.admin.Place;
import io.goose.admin.WorkerInfo;
import io.goose.admin.WorkerInfo.LeasedJob;
import io.goose.job.JobId;
import io.goose.job.QueuedJob;
import io.goose.spi.Capability;
import io.goose.spi.Housekeeping;
import io.goose.spi.Lease;
import io.goose.spi.Outcome;
import io.goose.spi.Session;
import io.goose.tck.BrokerUnderTest.Handing;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a person does with many jobs at a time. What happens when several do it at once is of {@link HousekeepingRaceContract}. */
public abstract class HousekeepingContract extends BrokerContract {

    private static final Set<Place> WAITING = Set.of(Place.WAITING);
    private static final Set<Place> SCHEDULED = Set.of(Place.SCHEDULED);
    private static final Set<Place> DEAD = Set.of(Place.DEAD);

    private Housekeeping jobs;

    @BeforeEach
    void keepHouse() {
        jobs = broker.housekeeping();
    }

    private static JobId unknown() {
        return TestJobs.job(QUEUE).id();
    }

    private List<JobId> listed(Place place) {
        return idsOfStored(broker.list(QUEUE, place, 0, 1000));
    }

    private List<JobId> sendIds(int count) {
        return TestJobs.ids(sendSome(count));
    }

    private List<JobId> schedule(int count) {
        Instant first = underTest.now().plus(Duration.ofHours(1));
        List<QueuedJob> later = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            later.add(TestJobs.at(TestJobs.job(QUEUE), first.plusSeconds(i)));
        }
        send(later);
        return TestJobs.ids(later);
    }

    /** Jobs that died one after the other. */
    private List<JobId> bury(Session worker, int count) {
        List<JobId> dead = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            QueuedJob job = sendOne();
            apply(
                    worker,
                    leaseSoon(worker),
                    new Outcome.Dead(job.state().afterDeath(TestJobs.failure("no"), underTest.now())));
            dead.add(job.id());
            underTest.advance(Duration.ofMillis(3));
        }
        return dead;
    }

    private static <T> List<T> of(List<T> all, int... indices) {
        List<T> some = new ArrayList<>();
        for (int index : indices) {
            some.add(all.get(index));
        }
        return some;
    }

    @Test
    @DisplayName("6.3, 6.7: what is empty stays empty, and every call returns")
    void nothingComesOfAnEmptyQueue() {
        assertThat(jobs.delete(QUEUE, DEAD, List.of(unknown()))).isEmpty();
        assertThat(jobs.replay(QUEUE, Housekeeping.ENDED, List.of(unknown()))).isEmpty();
        Set<Place> places = EnumSet.of(Place.WAITING, Place.DEAD, Place.PARKED);
        if (can(Capability.SCHEDULED_LIST)) {
            places.add(Place.SCHEDULED);
            assertThat(jobs.prioritise(QUEUE, SCHEDULED, List.of(unknown()))).isEmpty();
            assertThat(jobs.delete(QUEUE, SCHEDULED, List.of(unknown()))).isEmpty();
        }
        if (can(Capability.PRIORITISE)) {
            assertThat(jobs.prioritise(QUEUE, WAITING, List.of(unknown()))).isEmpty();
        }
        for (Place place : places) {
            assertThat(jobs.purge(QUEUE, place, null, 500)).as(place.name()).isEmpty();
        }
        for (Place place : Housekeeping.ENDED) {
            assertThat(jobs.oldest(QUEUE, place, 500)).as(place.name()).isEmpty();
        }
    }

    @Test
    @DisplayName("6.3 enqueued-jobs-delete-multiple-test: two, one, an unknown one among others")
    void selectedWaitingJobsAreDeleted() {
        needs(Capability.WAITING_DELETE, Capability.WAITING_LIST);
        List<JobId> ids = sendIds(6);

        assertThat(jobs.delete(QUEUE, WAITING, of(ids, 4, 0))).isEqualTo(of(ids, 4, 0));
        assertThat(jobs.delete(QUEUE, WAITING, of(ids, 2))).isEqualTo(of(ids, 2));
        assertThat(jobs.delete(QUEUE, WAITING, List.of(unknown(), ids.get(5), ids.get(2))))
                .isEqualTo(of(ids, 5));

        assertThat(listed(Place.WAITING)).isEqualTo(of(ids, 1, 3));
        assertThat(drain(open())).isEqualTo(of(ids, 1, 3));
    }

    @Test
    @DisplayName("6.3 enqueued-jobs-prioritise-multiple-test: [2 1 3], [3 1 2], unknown ones ignored [2 3 1]")
    void selectedWaitingJobsGoToTheFrontInTheirOrder() {
        needs(Capability.PRIORITISE, Capability.WAITING_LIST);
        List<JobId> ids = sendIds(3);
        boolean ahead = underTest.prioritisesAhead();

        assertThat(jobs.prioritise(QUEUE, WAITING, of(ids, 1))).isEqualTo(of(ids, 1));
        assertThat(listed(Place.WAITING)).isEqualTo(of(ids, 1, 0, 2));

        assertThat(jobs.prioritise(QUEUE, WAITING, of(ids, 2, 0))).isEqualTo(of(ids, 2, 0));
        assertThat(listed(Place.WAITING)).isEqualTo(ahead ? of(ids, 2, 0, 1) : of(ids, 1, 2, 0));

        assertThat(jobs.prioritise(QUEUE, WAITING, List.of(ids.get(1), unknown(), ids.get(2))))
                .isEqualTo(of(ids, 1, 2));
        List<JobId> last = ahead ? of(ids, 1, 2, 0) : of(ids, 0, 1, 2);
        assertThat(listed(Place.WAITING)).isEqualTo(last);
        assertThat(broker.stats(QUEUE).waiting()).isEqualTo(3);
        assertThat(drainSoon(open(), 3)).isEqualTo(last);
        assertThat(broker.stats(QUEUE).waiting()).isZero();
    }

    @Test
    void aPrioritisedJobGoesAheadOfManyAndOfWhatComesToTheFrontLater() {
        needs(Capability.PRIORITISE);
        List<JobId> ids = sendIds(1200);
        Session worker = open();
        done(worker, lease(worker, 10)); // so that claims begin behind these
        QueuedJob front = TestJobs.atFront(TestJobs.job(QUEUE));

        List<JobId> selected = of(ids, 1199, 700, 11);
        assertThat(jobs.prioritise(QUEUE, WAITING, selected)).isEqualTo(selected);
        send(front);

        List<JobId> ran = drainSoon(worker, 1191);
        assertThat(ran).hasSize(1191).doesNotHaveDuplicates();
        if (underTest.handing() == Handing.ASKED) {
            assertThat(ran.subList(0, 4))
                    .isEqualTo(Stream.concat(selected.stream(), Stream.of(front.id()))
                            .toList());
        }
    }

    @Test
    @DisplayName("R2: a prioritised job that is retried, released, deleted and sent again is there once")
    void aPrioritisedJobGoesOnAsAnyOther() {
        needs(Capability.PRIORITISE, Capability.WAITING_DELETE);
        List<QueuedJob> all = sendSome(3);
        List<JobId> ids = TestJobs.ids(all);
        jobs.prioritise(QUEUE, WAITING, of(ids, 2, 1));
        Session worker = open();

        apply(worker, leaseSoon(worker), Outcome.Release.NOW);
        apply(worker, leaseSoon(worker), new Outcome.Snooze(Duration.ZERO));
        jobs.prioritise(QUEUE, WAITING, of(ids, 2));
        assertThat(jobs.delete(QUEUE, WAITING, of(ids, 2))).isEqualTo(of(ids, 2));
        assertThat(jobs.prioritise(QUEUE, WAITING, of(ids, 2))).isEmpty();
        send(all.get(2));

        assertThat(drainSoon(worker, 3)).containsExactlyInAnyOrderElementsOf(ids);
        assertThat(broker.stats(QUEUE).waiting()).isZero();
    }

    @Test
    @DisplayName("R2: what runs, is dead or was deleted is not prioritised")
    void onlyWhatWaitsIsPrioritised() {
        needs(Capability.PRIORITISE, Capability.WAITING_DELETE);
        Session worker = open();
        List<JobId> dead = bury(worker, 1);
        QueuedJob running = sendOne();
        Lease lease = leaseSoon(worker);
        QueuedJob deleted = sendOne();
        broker.delete(QUEUE, deleted.id());

        assertThat(jobs.prioritise(
                        QUEUE,
                        Set.of(Place.WAITING, Place.SCHEDULED),
                        List.of(dead.get(0), running.id(), deleted.id())))
                .isEmpty();

        apply(worker, lease, Outcome.Done.INSTANCE);
        assertThat(drain(worker)).isEmpty();
    }

    @Test
    void aPrioritisedSuspectIsOneAndNoOtherRunsWithIt() {
        needs(Capability.PRIORITISE);
        needsAskedJobs();
        needsExactCounting();
        List<QueuedJob> all = sendSome(3);
        lease(openMortal(2), 2);
        Session worker = open();
        rescue(worker, 2);

        assertThat(jobs.prioritise(QUEUE, WAITING, List.of(all.get(1).id()))).hasSize(1);

        List<Lease> leases = lease(worker, 3);
        assertThat(leases.stream().filter(Lease::suspect).map(lease -> lease.job()
                        .id()))
                .containsExactly(all.get(1).id());
        done(worker, leases);
        assertThat(drain(worker)).containsExactly(all.get(0).id());
    }

    @Test
    @DisplayName(
            "6.3 scheduled-jobs-prioritise-test: one, many, unknown ones ignored; then on the queue, not on the schedule")
    void selectedScheduledJobsRunNow() {
        needs(Capability.SCHEDULED_LIST);
        List<JobId> ids = schedule(5);

        assertThat(jobs.prioritise(QUEUE, SCHEDULED, of(ids, 4))).isEqualTo(of(ids, 4));
        assertThat(jobs.prioritise(QUEUE, SCHEDULED, List.of(ids.get(3), unknown(), ids.get(1))))
                .isEqualTo(of(ids, 3, 1));

        assertThat(listed(Place.SCHEDULED)).isEqualTo(of(ids, 0, 2));
        assertThat(broker.stats(QUEUE).scheduled()).isEqualTo(2);
        assertThat(jobs.delete(QUEUE, SCHEDULED, of(ids, 4))).isEmpty();
        if (can(Capability.WAITING_DELETE)) {
            assertThat(jobs.delete(QUEUE, WAITING, of(ids, 4))).isEqualTo(of(ids, 4));
            assertThat(drainSoon(open(), 2)).isEqualTo(of(ids, 3, 1));
        } else {
            assertThat(drainSoon(open(), 3)).isEqualTo(of(ids, 4, 3, 1));
        }
    }

    @Test
    @DisplayName("6.3 scheduled-jobs-delete-test: one, many, unknown ones ignored")
    void selectedScheduledJobsAreDeleted() {
        needs(Capability.SCHEDULED_LIST);
        List<JobId> ids = schedule(5);

        assertThat(jobs.delete(QUEUE, SCHEDULED, of(ids, 0))).isEqualTo(of(ids, 0));
        assertThat(jobs.delete(QUEUE, SCHEDULED, of(ids, 4, 2))).isEqualTo(of(ids, 4, 2));
        assertThat(jobs.delete(QUEUE, SCHEDULED, List.of(ids.get(4), ids.get(1))))
                .isEqualTo(of(ids, 1));

        assertThat(listed(Place.SCHEDULED)).isEqualTo(of(ids, 3));
    }

    @Test
    @DisplayName("6.3 dead-jobs-delete-test, dead-jobs-replay-test: one, many, unknown ones ignored, order kept")
    void selectedDeadJobsAreDeletedAndReplayed() {
        Session worker = open();
        List<JobId> ids = bury(worker, 6);

        assertThat(jobs.delete(QUEUE, DEAD, of(ids, 1))).isEqualTo(of(ids, 1));
        assertThat(jobs.delete(QUEUE, DEAD, List.of(unknown(), ids.get(3), ids.get(1))))
                .isEqualTo(of(ids, 3));
        assertThat(jobs.replay(QUEUE, DEAD, of(ids, 1, 3))).isEmpty();
        assertThat(jobs.replay(QUEUE, Set.of(Place.PARKED), of(ids, 0))).isEmpty();
        assertThat(jobs.replay(QUEUE, DEAD, List.of(ids.get(5), unknown(), ids.get(0))))
                .isEqualTo(of(ids, 5, 0));
        assertThat(jobs.delete(QUEUE, DEAD, of(ids, 5)))
                .as("it is not dead any more")
                .isEmpty();

        assertThat(listed(Place.DEAD)).isEqualTo(of(ids, 4, 2));
        assertThat(drainSoon(worker, 2)).containsExactlyInAnyOrderElementsOf(of(ids, 5, 0));
    }

    @Test
    @DisplayName(
            "6.3, 6.7 dead-jobs-test: seven die: the oldest, delete-older-than, replay-n 2, purge, replay-n on empty")
    void theDeadAreTakenOldestFirst() {
        Session worker = open();
        List<JobId> ids = bury(worker, 7);
        assertThat(broker.stats(QUEUE).dead()).isEqualTo(7);
        Instant third = broker.list(QUEUE, Place.DEAD, 4, 1)
                .get(0)
                .job()
                .state()
                .failures()
                .diedAt();

        assertThat(jobs.oldest(QUEUE, Place.DEAD, 2)).isEqualTo(of(ids, 0, 1));
        assertThat(jobs.purge(QUEUE, Place.DEAD, third, 2)).isEqualTo(of(ids, 0, 1));
        assertThat(jobs.purge(QUEUE, Place.DEAD, third, 500)).isEqualTo(of(ids, 2));
        assertThat(jobs.purge(QUEUE, Place.DEAD, third, 500)).isEmpty();
        assertThat(jobs.replay(QUEUE, DEAD, jobs.oldest(QUEUE, Place.DEAD, 2))).isEqualTo(of(ids, 3, 4));
        assertThat(drainSoon(worker, 2)).containsExactlyInAnyOrderElementsOf(of(ids, 3, 4));
        assertThat(jobs.purge(QUEUE, Place.DEAD, null, 500)).isEqualTo(of(ids, 5, 6));

        assertThat(jobs.oldest(QUEUE, Place.DEAD, 5)).isEmpty();
        assertThat(broker.stats(QUEUE).dead()).isZero();
        assertThat(drain(worker)).isEmpty();
    }

    @Test
    @DisplayName("6.3 purge: all that waits, in parts, deleted and prioritised ones among it; nothing of it runs")
    void whatWaitsIsPurged() {
        List<JobId> ids = new ArrayList<>(sendIds(700));
        if (can(Capability.WAITING_DELETE)) {
            jobs.delete(QUEUE, WAITING, of(ids, 3, 650));
            ids.removeAll(of(ids, 3, 650));
        }
        if (can(Capability.PRIORITISE)) {
            jobs.prioritise(QUEUE, WAITING, of(ids, 100, 600));
        }
        ids.add(send(TestJobs.atFront(TestJobs.job(QUEUE))).id());
        if (can(Capability.SCHEDULED_LIST)) {
            schedule(1);
        }
        List<JobId> gone = new ArrayList<>();
        eventually(
                "all are purged",
                () -> { // a message broker may have some on their way
                    List<JobId> part = jobs.purge(QUEUE, Place.WAITING, null, 300);
                    assertThat(part).hasSizeLessThanOrEqualTo(300);
                    gone.addAll(part);
                    return gone.size() >= ids.size();
                });

        assertThat(gone).containsExactlyInAnyOrderElementsOf(ids);
        assertThat(jobs.purge(QUEUE, Place.WAITING, null, 300)).isEmpty();
        assertThat(broker.stats(QUEUE).waiting()).isZero();
        assertThat(drain(open())).isEmpty();
        if (can(Capability.SCHEDULED_LIST)) {
            assertThat(broker.stats(QUEUE).scheduled()).isEqualTo(1);
            assertThat(jobs.purge(QUEUE, Place.SCHEDULED, null, 300)).hasSize(1);
            assertThat(broker.stats(QUEUE).scheduled()).isZero();
        }
    }

    @Test
    void whatIsParkedIsPurgedAndReplayed() {
        Session worker = open();
        List<JobId> ids = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            ids.add(sendOne().id());
            apply(worker, leaseSoon(worker), new Outcome.Parked("why", i == 0 ? "handler:nobody" : null));
        }

        assertThat(jobs.oldest(QUEUE, Place.PARKED, 10)).containsExactlyInAnyOrderElementsOf(ids);
        assertThat(jobs.replay(QUEUE, DEAD, of(ids, 1))).isEmpty();
        assertThat(jobs.replay(QUEUE, Set.of(Place.PARKED), of(ids, 1))).isEqualTo(of(ids, 1));
        assertThat(drainSoon(worker, 1)).isEqualTo(of(ids, 1));
        assertThat(jobs.purge(QUEUE, Place.PARKED, null, 500)).containsExactlyInAnyOrderElementsOf(of(ids, 0, 2, 3));
        assertThat(broker.stats(QUEUE).parked()).isZero();
    }

    @Test
    void workersAreListedWithWhatTheyRun() {
        needs(Capability.WORKER_LIST);
        Session worker = openElsewhere(QUEUE, "tck-second");
        Session idle = openMute("tck-third");
        QueuedJob job = sendOne();
        Lease lease = leaseSoon(worker);
        worker.renew();

        List<WorkerInfo> workers = jobs.workers();

        assertThat(workers).hasSize(2);
        assertThat(workers)
                .filteredOn(one -> one.queues().contains(QUEUE))
                .singleElement()
                .satisfies(one -> {
                    assertThat(one.host()).isEqualTo("tck-host");
                    assertThat(one.threads()).isEqualTo(5);
                    assertThat(one.queues()).containsExactlyInAnyOrder(QUEUE, "tck-second");
                    assertThat(one.leased()).containsExactly(new LeasedJob(QUEUE, job.id()));
                    assertThat(one.aliveUntil()).isAfter(underTest.now());
                    assertThat(one.closing()).isFalse();
                });
        assertThat(workers)
                .filteredOn(one -> one.queues().contains("tck-third"))
                .singleElement()
                .satisfies(one -> {
                    assertThat(one.leased()).isEmpty();
                    assertThat(one.id()).as("behind all that measure").startsWith("z");
                });
        apply(worker, lease, Outcome.Done.INSTANCE);
        worker.close();
        idle.close();
        assertThat(jobs.workers()).isEmpty();
    }
}
