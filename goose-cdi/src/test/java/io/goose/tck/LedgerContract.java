package io.goose.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.admin.Place;
import io.goose.admin.QueueStats;
import io.goose.admin.StoredJob;
import io.goose.job.JobId;
import io.goose.job.QueuedJob;
import io.goose.spi.Broker;
import io.goose.spi.Capability;
import io.goose.spi.Claim;
import io.goose.spi.Lease;
import io.goose.spi.Outcome;
import io.goose.spi.Session;
import io.goose.tck.BrokerUnderTest.Handing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Looking at jobs and changing what waits. */
public abstract class LedgerContract extends BrokerContract {

    @Test
    @DisplayName("6.3: looking into what is empty finds nothing, and returns")
    void aQueueThatWasNeverUsedIsEmpty() {
        assertThat(broker.stats("tck-never")).isEqualTo(new QueueStats("tck-never", 0, 0, 0, 0, 0, false));
        if (can(Capability.WAITING_FIND)) {
            assertThat(broker.find("tck-never", TestJobs.job(QUEUE).id())).isEmpty();
        }
        if (can(Capability.WAITING_DELETE)) {
            assertThat(broker.delete("tck-never", TestJobs.job(QUEUE).id())).isFalse();
        }
        Set<Place> places = EnumSet.of(Place.DEAD, Place.PARKED);
        if (can(Capability.SCHEDULED_LIST)) {
            places.add(Place.SCHEDULED);
        }
        if (can(Capability.WAITING_LIST)) {
            places.addAll(EnumSet.of(Place.WAITING, Place.RUNNING));
        }
        for (Place place : places) {
            assertThat(broker.list("tck-never", place, 0, 10)).as(place.name()).isEmpty();
        }
    }

    @Test
    @DisplayName("6.3 enqueued-jobs-test: sizes, and each job in its place")
    void everyJobIsFoundInItsPlaceAndCountedThere() {
        needs(Capability.WAITING_LIST, Capability.WAITING_FIND, Capability.SCHEDULED_LIST);
        Session worker = open();
        QueuedJob dead = sendOne();
        apply(worker, leaseOne(worker), new Outcome.Dead(dead.state()));
        QueuedJob parked = sendOne();
        apply(worker, leaseOne(worker), new Outcome.Parked("why", null));
        QueuedJob scheduled = sendOne();
        apply(worker, leaseOne(worker), new Outcome.Snooze(Duration.ofHours(1)));
        QueuedJob running = sendOne();
        leaseOne(worker);
        List<QueuedJob> waiting = sendSome(2);

        Broker other = connect();

        assertThat(other.stats(QUEUE)).isEqualTo(new QueueStats(QUEUE, 2, 1, 1, 1, 1, false));
        assertFound(other, dead, Place.DEAD);
        assertFound(other, parked, Place.PARKED);
        assertFound(other, scheduled, Place.SCHEDULED);
        assertFound(other, running, Place.RUNNING);
        assertFound(other, waiting.get(0), Place.WAITING);
        assertThat(other.find("tck-other", dead.id())).isEmpty();
        assertThat(other.find(QUEUE, TestJobs.job(QUEUE).id())).isEmpty();
    }

    private static void assertFound(Broker broker, QueuedJob job, Place place) {
        StoredJob stored = broker.find(QUEUE, job.id()).orElseThrow();
        assertThat(stored.place()).isEqualTo(place);
        assertThat(stored.job().id()).isEqualTo(job.id());
        assertThat(stored.job().queue()).isEqualTo(QUEUE);
        assertThat(stored.job().envelope()).isEqualTo(job.envelope());
        assertThat(idsOfStored(broker.list(QUEUE, place, 0, 10))).contains(job.id());
        assertThat(broker.list(QUEUE, place, 0, 10))
                .allSatisfy(listed -> assertThat(listed.place()).isEqualTo(place));
    }

    @Test
    @DisplayName("6.3 enqueued-jobs-get-by-range-test: from the front, clamped")
    void waitingJobsAreListedAsTheyWouldBeLeased() {
        needs(Capability.WAITING_LIST);
        List<JobId> ids = new ArrayList<>(TestJobs.ids(sendSome(3)));
        QueuedJob front = send(TestJobs.atFront(TestJobs.job(QUEUE)));
        ids.add(0, front.id());

        assertThat(waiting(0, 10)).isEqualTo(ids);
        assertThat(waiting(0, 1)).isEqualTo(ids.subList(0, 1));
        assertThat(waiting(0, 3)).isEqualTo(ids.subList(0, 3));
        assertThat(waiting(1, 2)).isEqualTo(ids.subList(1, 3));
        assertThat(waiting(3, 1000)).isEqualTo(ids.subList(3, 4));
        assertThat(waiting(4, 10)).isEmpty();
    }

    private List<JobId> waiting(int offset, int limit) {
        return idsOfStored(broker.list(QUEUE, Place.WAITING, offset, limit));
    }

    @Test
    @DisplayName("R10: pages over many jobs are complete")
    void pagesOverAThousandJobsMissNone() {
        needs(Capability.WAITING_LIST);
        List<QueuedJob> jobs = sendSome(1000);
        List<JobId> seen = new ArrayList<>();
        for (int offset = 0; offset < 1000; offset += 300) {
            seen.addAll(waiting(offset, 300));
        }

        assertThat(seen).isEqualTo(TestJobs.ids(jobs));
    }

    @Test
    @DisplayName("6.3 enqueued-jobs-delete: one, several, unknown ones harm nobody")
    void aDeletedWaitingJobNeverRuns() {
        needs(Capability.WAITING_LIST, Capability.WAITING_FIND, Capability.WAITING_DELETE);
        List<QueuedJob> jobs = sendSome(5);

        assertThat(broker.delete(QUEUE, jobs.get(0).id())).isTrue();
        assertThat(broker.delete(QUEUE, jobs.get(3).id())).isTrue();
        assertThat(broker.delete(QUEUE, jobs.get(3).id())).isFalse();
        assertThat(broker.delete(QUEUE, TestJobs.job(QUEUE).id())).isFalse();

        assertThat(broker.find(QUEUE, jobs.get(0).id())).isEmpty();
        assertThat(broker.stats(QUEUE).waiting()).isEqualTo(3);
        List<JobId> left =
                List.of(jobs.get(1).id(), jobs.get(2).id(), jobs.get(4).id());
        assertThat(waiting(0, 10)).isEqualTo(left);
        assertThat(drain(open())).isEqualTo(left);
        assertThat(broker.stats(QUEUE).waiting()).isZero();
    }

    @Test
    void aRunningJobIsNotDeleted() {
        needs(Capability.WAITING_DELETE);
        QueuedJob job = sendOne();
        Session worker = open();
        Lease lease = leaseOne(worker);

        assertThat(broker.delete(QUEUE, job.id())).isFalse();

        apply(worker, lease, Outcome.Done.INSTANCE);
        assertThat(broker.delete(QUEUE, job.id())).isFalse();
    }

    @Test
    @DisplayName("appendix A: a job that was deleted and sent again is there once")
    void aDeletedJobCanBeSentAgain() {
        needs(Capability.WAITING_DELETE);
        QueuedJob job = sendOne();
        QueuedJob other = sendOne();
        for (int i = 0; i < 3; i++) {
            assertThat(broker.delete(QUEUE, job.id())).isTrue();
            send(job);
        }

        assertThat(broker.stats(QUEUE).waiting()).isEqualTo(2);
        assertThat(drain(open())).containsExactlyInAnyOrder(job.id(), other.id());
        assertThat(broker.stats(QUEUE).waiting()).isZero();
    }

    @Test
    void runningJobsAreListedByLease() {
        needsAskedJobs();
        needs(Capability.WAITING_LIST);
        List<QueuedJob> jobs = sendSome(4);
        Session worker = open();
        lease(worker, 2);
        lease(openElsewhere(), 1);

        assertThat(idsOfStored(broker.list(QUEUE, Place.RUNNING, 0, 10)))
                .containsExactlyInAnyOrderElementsOf(TestJobs.ids(jobs.subList(0, 3)));
    }

    @Test
    void aParkedJobIsListedAndDeleted() {
        Session worker = open();
        QueuedJob job = sendOne();
        apply(worker, leaseOne(worker), new Outcome.Parked("no JSON", null));

        assertThat(broker.list(QUEUE, Place.PARKED, 0, 10))
                .singleElement()
                .satisfies(stored -> assertThat(stored.note()).isEqualTo("no JSON"));
        assertThat(broker.delete(QUEUE, job.id())).isTrue();
        assertThat(broker.stats(QUEUE).parked()).isZero();
        assertThat(broker.replay(QUEUE, job.id())).isFalse();
    }

    @Test
    void aParkedJobIsReplayedWithAllItsRetries() {
        Session worker = open();
        QueuedJob job = sendOne();
        apply(worker, leaseOne(worker), new Outcome.Parked("no JSON", null));
        if (underTest.handing() == Handing.ASKED) {
            sendOne(); // it goes ahead of this
        }

        assertThat(broker.replay(QUEUE, job.id())).isTrue();

        Lease lease = leaseOne(worker);
        assertThat(lease.job().id()).isEqualTo(job.id());
        assertThat(lease.job().state().attempt()).isEqualTo(1);
        assertThat(lease.job().state().moves()).isEqualTo(1);
    }

    @Test
    @DisplayName("R2, 6.10 (#179): concurrent replays of a dead job send it once")
    void concurrentReplaysSendEachJobOnce() {
        List<QueuedJob> jobs = sendSome(50);
        Session worker = open();
        for (Lease lease : lease(worker, 50)) {
            apply(worker, lease, new Outcome.Dead(lease.job().state()));
        }
        ConcurrentLinkedQueue<JobId> replayed = new ConcurrentLinkedQueue<>();
        List<Broker> connections = List.of(broker, connect());

        Together.run(6, thread -> {
            Broker connection = connections.get(thread % 2);
            for (QueuedJob job : jobs) {
                if (connection.replay(QUEUE, job.id())) {
                    replayed.add(job.id());
                }
            }
        });

        assertThat(replayed).containsExactlyInAnyOrderElementsOf(TestJobs.ids(jobs));
        assertThat(drain(worker)).containsExactlyInAnyOrderElementsOf(TestJobs.ids(jobs));
    }

    @Test
    @DisplayName("R2: what is deleted while workers lease is either deleted or run")
    void everyJobIsEitherDeletedOrRun() {
        needs(Capability.WAITING_DELETE);
        List<QueuedJob> jobs = sendSome(300);
        Set<JobId> deleted = new HashSet<>();
        Set<JobId> ran = new HashSet<>();
        Session worker = openElsewhere();

        Together.run(2, thread -> {
            if (thread == 0) {
                for (int i = 299; i >= 0; i--) {
                    if (broker.delete(QUEUE, jobs.get(i).id())) {
                        deleted.add(jobs.get(i).id());
                    }
                }
            } else {
                for (Claim claim = claim(worker, 3);
                        claim.more() || !claim.leases().isEmpty();
                        claim = claim(worker, 3)) {
                    ran.addAll(idsOf(claim.leases()));
                    done(worker, claim.leases());
                }
            }
        });

        assertThat(ran).as("deleted, and run all the same").noneMatch(deleted::contains);
        assertThat(deleted.size() + ran.size()).isEqualTo(300);
        assertThat(broker.stats(QUEUE).waiting()).isZero();
    }
}
