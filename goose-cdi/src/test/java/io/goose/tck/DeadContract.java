package io.goose.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.admin.Place;
import io.goose.admin.StoredJob;
import io.goose.job.DeliveryState;
import io.goose.job.JobId;
import io.goose.job.QueuedJob;
import io.goose.spi.Broker;
import io.goose.spi.BrokerSettings.DeadRetention;
import io.goose.spi.Capability;
import io.goose.spi.Lease;
import io.goose.spi.Outcome;
import io.goose.spi.Session;
import io.goose.spi.Settlement;
import io.goose.tck.BrokerUnderTest.Handing;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Jobs that failed for good: what is kept of them, and how they come back. */
public abstract class DeadContract extends BrokerContract {

    private static final Instant FAILED_AT = Instant.ofEpochMilli(1_700_000_000_123L);

    /** Sends and buries a job. */
    private QueuedJob bury(Session worker) {
        QueuedJob job = sendOne();
        Lease lease = leaseOne(worker);
        assertThat(lease.job().id()).isEqualTo(job.id());
        apply(worker, lease, death(lease));
        underTest.advance(Duration.ofMillis(2)); // no two die in the same millisecond
        return job;
    }

    private static Outcome death(Lease lease) {
        return new Outcome.Dead(lease.job().state().afterDeath(TestJobs.failure("last words"), FAILED_AT));
    }

    @Test
    @DisplayName("6.1 death-test: a job without retries left is buried with its failure")
    void aDeadJobIsKeptWithItsFailure() {
        Instant before = underTest.now();
        Session worker = open();
        QueuedJob job = bury(worker);

        StoredJob dead = found(job);

        assertThat(dead.place()).isEqualTo(Place.DEAD);
        assertThat(dead.job().envelope()).isEqualTo(job.envelope());
        assertThat(dead.job().state().attempt()).isEqualTo(1);
        assertThat(dead.job().state().failures().last()).isEqualTo(TestJobs.failure("last words"));
        assertThat(dead.job().state().failures().lastAt()).isEqualTo(FAILED_AT);
        assertThat(dead.job().state().failures().diedAt())
                .isBetween(before.minusSeconds(30), underTest.now().plusSeconds(30));
        assertThat(broker.stats(QUEUE).dead()).isEqualTo(1);
        assertThat(broker.stats(QUEUE).running()).isZero();
        assertThat(lease(worker, 10)).isEmpty();
    }

    @Test
    @DisplayName("6.3 dead-job-get-by-range-test: newest first, clamped")
    void theDeadAreListedNewestFirst() {
        Session worker = open();
        QueuedJob first = bury(worker);
        QueuedJob second = bury(worker);
        QueuedJob third = bury(worker);

        assertThat(dead(0, 10)).containsExactly(third.id(), second.id(), first.id());
        assertThat(dead(0, 2)).containsExactly(third.id(), second.id());
        assertThat(dead(1, 1)).containsExactly(second.id());
        assertThat(dead(2, 1000)).containsExactly(first.id());
        assertThat(dead(3, 10)).isEmpty();
    }

    private List<JobId> dead(int offset, int limit) {
        return idsOfStored(broker.list(QUEUE, Place.DEAD, offset, limit));
    }

    @Test
    @DisplayName("6.3 dead-jobs-replay-test: a replayed job has all its retries again")
    void aReplayedJobRunsFromTheStart() {
        Session worker = open();
        QueuedJob job = bury(worker);
        if (underTest.handing() == Handing.ASKED) {
            sendSome(2); // it goes ahead of these
        }

        assertThat(broker.replay(QUEUE, job.id())).isTrue();

        Lease again = leaseOne(worker);
        DeliveryState state = again.job().state();
        assertThat(again.job().id()).isEqualTo(job.id());
        assertThat(again.job().envelope()).isEqualTo(job.envelope());
        assertThat(state.attempt()).isEqualTo(1);
        assertThat(state.moves()).isEqualTo(1);
        assertThat(state.crashes()).isZero();
        assertThat(state.failures().diedAt()).isNull();
        assertThat(broker.stats(QUEUE).dead()).isZero();
    }

    @Test
    void aReplayedJobCanDieAgain() {
        Session worker = open();
        QueuedJob job = bury(worker);
        for (int i = 1; i <= 3; i++) {
            assertThat(broker.replay(QUEUE, job.id())).isTrue();
            Lease lease = leaseOne(worker);
            assertThat(lease.job().state().moves()).isEqualTo(i);
            apply(worker, lease, death(lease));
        }

        assertThat(dead(0, 10)).containsExactly(job.id());
    }

    @Test
    @DisplayName("6.3 dead-jobs-replay-test: unknown and living ones are ignored")
    void onlyTheDeadAreReplayed() {
        Session worker = open();
        bury(worker);
        QueuedJob running = sendOne();
        leaseOne(worker);
        QueuedJob waiting = sendOne();

        assertThat(broker.replay(QUEUE, TestJobs.job(QUEUE).id())).isFalse();
        assertThat(broker.replay(QUEUE, running.id())).isFalse();
        assertThat(broker.replay(QUEUE, waiting.id())).isFalse();
        assertThat(broker.replay("tck-never-used", waiting.id())).isFalse();

        assertThat(broker.stats(QUEUE).waiting()).isEqualTo(1);
        assertRunning(1);
    }

    @Test
    @DisplayName("6.3 dead-jobs-delete-test")
    void aDeadJobCanBeDeletedOnce() {
        Session worker = open();
        QueuedJob job = bury(worker);
        QueuedJob other = bury(worker);

        assertThat(broker.delete(QUEUE, job.id())).isTrue();
        if (can(Capability.WAITING_DELETE)) { // else it is not known whether it waits
            assertThat(broker.delete(QUEUE, job.id())).isFalse();
        }
        assertThat(broker.replay(QUEUE, job.id())).isFalse();

        assertThat(dead(0, 10)).containsExactly(other.id());
    }

    @Test
    @DisplayName("R25: only so many of the dead are kept, the newest")
    void theOldestDeadAreEvictedWhenThereAreTooMany() {
        Broker frugal = closedLater(underTest.connect(new DeadRetention(5, Duration.ofDays(90))));
        List<JobId> died = buryOn(frugal, 8);

        List<JobId> kept = idsOfStored(frugal.list(QUEUE, Place.DEAD, 0, 100));

        assertThat(kept).hasSize(5).containsExactlyInAnyOrderElementsOf(died.subList(3, 8));
        assertThat(frugal.stats(QUEUE).dead()).isEqualTo(5);
        if (can(Capability.WAITING_FIND)) {
            assertThat(frugal.find(QUEUE, died.get(0))).isEmpty();
        }
    }

    @Test
    @DisplayName("R25: the dead are kept only so long")
    void theDeadAreEvictedWhenTheyAreTooOld() {
        Duration maxAge = Duration.ofMillis(200);
        Broker frugal = closedLater(underTest.connect(new DeadRetention(100, maxAge)));
        JobId old = buryOn(frugal, 1).get(0);
        underTest.advance(maxAge.plusMillis(50));
        buryOn(frugal, 1);

        eventually("the old one is gone", () -> !idsOfStored(frugal.list(QUEUE, Place.DEAD, 0, 100))
                .contains(old));
    }

    private List<JobId> buryOn(Broker frugal, int count) {
        Session worker = frugal.open(mortalSpec(5));
        List<JobId> died = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            QueuedJob job = TestJobs.job(QUEUE);
            frugal.send(List.of(job)).toCompletableFuture().join();
            Lease lease = leaseOne(worker);
            worker.settle(List.of(Settlement.of(lease, death(lease))));
            died.add(job.id());
            underTest.advance(Duration.ofMillis(2));
        }
        worker.close();
        return died;
    }
}
