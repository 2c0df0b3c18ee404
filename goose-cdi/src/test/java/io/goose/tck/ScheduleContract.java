package io.goose.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.admin.Place;
import io.goose.admin.StoredJob;
import io.goose.job.JobId;
import io.goose.job.QueuedJob;
import io.goose.spi.Capability;
import io.goose.spi.Claim;
import io.goose.spi.Outcome;
import io.goose.spi.SendResult;
import io.goose.spi.Session;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Jobs that wait for their time. */
public abstract class ScheduleContract extends BrokerContract {

    private static final Duration FAR = Duration.ofDays(2);

    @BeforeEach
    void needDelay() {
        needs(Capability.DELAY);
    }

    private QueuedJob scheduleIn(Duration time) {
        return send(TestJobs.at(TestJobs.job(QUEUE), underTest.now().plus(time)));
    }

    @Test
    @DisplayName("6.1 relative-scheduling-test: a job runs when its time has come")
    void aScheduledJobIsLeasedWhenItIsDue() {
        QueuedJob job = scheduleIn(Duration.ofMillis(300));

        assertPlace(job, Place.SCHEDULED);
        Session worker = open();
        assertThat(leaseSoon(worker).job().id()).isEqualTo(job.id());
        assertThat(underTest.now()).isAfterOrEqualTo(job.state().notBefore());
        assertThat(broker.stats(QUEUE).scheduled()).isZero();
    }

    @Test
    void aJobIsNotLeasedBeforeItsTime() {
        QueuedJob job = scheduleIn(FAR);
        Session worker = open();

        assertThat(lease(worker, 10)).isEmpty();
        underTest.advance(Duration.ofMillis(100));
        assertThat(lease(worker, 10)).isEmpty();

        assertPlace(job, Place.SCHEDULED);
    }

    @Test
    @DisplayName("6.1 absolute-scheduling-test: now and the past are at once, at the front")
    void aJobWhoseTimeIsPastGoesToTheFront() {
        needsAskedJobs(); // for the order
        sendSome(2);
        QueuedJob past = scheduleIn(FAR.negated());
        QueuedJob now = scheduleIn(Duration.ZERO);

        underTest.advance(Duration.ofMillis(10));

        assertThat(idsOf(lease(open(), 2))).containsExactly(past.id(), now.id());
    }

    @Test
    @DisplayName("R14: due jobs run in the order of their times, ahead of those at the back")
    void dueJobsAreLeasedInTheOrderOfTheirTimes() {
        needs(Capability.SCHEDULED_LIST); // else a delay may be rounded
        Session worker = open();
        List<QueuedJob> inOrder = sendBeforeTheyAreDue(Duration.ofMillis(400));
        for (long millis = 800; underTest.now().isAfter(inOrder.get(0).state().notBefore()); millis *= 2) {
            // Sending took so long that they were due when they came: they may be in the order of their coming then.
            eventuallyPast(inOrder.get(7).state().notBefore().plusMillis(3));
            drain(worker);
            inOrder = sendBeforeTheyAreDue(Duration.ofMillis(millis));
        }
        QueuedJob plain = sendOne();
        eventuallyPast(inOrder.get(7).state().notBefore().plusMillis(3));

        List<JobId> expected = new ArrayList<>(TestJobs.ids(inOrder));
        expected.add(plain.id());
        assertThat(idsOf(lease(worker, 20))).isEqualTo(expected);
    }

    /** Sends eight jobs, the last one first; they are returned in the order of their times, which begin in {@code delay}. */
    private List<QueuedJob> sendBeforeTheyAreDue(Duration delay) {
        Instant base = underTest.now().plus(delay);
        List<QueuedJob> inOrder = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            inOrder.add(TestJobs.at(TestJobs.job(QUEUE), base.plusMillis(i)));
        }
        List<QueuedJob> sent = new ArrayList<>(inOrder);
        Collections.reverse(sent);
        send(sent);
        return inOrder;
    }

    @Test
    void jobsForTheSameTimeAllRun() {
        Instant time = underTest.now().plus(Duration.ofMillis(200));
        List<QueuedJob> jobs = TestJobs.jobs(QUEUE, 300).stream()
                .map(job -> TestJobs.at(job, time))
                .toList();
        send(jobs);
        eventuallyPast(time);

        assertThat(drainSoon(open(), 300)).containsExactlyInAnyOrderElementsOf(TestJobs.ids(jobs));
    }

    @Test
    void aClaimSaysHowLongToSleep() {
        needs(Capability.SCHEDULED_LIST);
        scheduleIn(FAR);
        Session worker = open();

        Claim claim = claim(worker, 1);

        assertThat(claim.untilNextDue())
                .hasValueSatisfying(due -> assertThat(due).isBetween(FAR.minusMinutes(1), FAR.plusMinutes(1)));
    }

    @Test
    @DisplayName("6.3 scheduled-jobs-delete-test: a deleted job never runs")
    void aScheduledJobCanBeDeleted() {
        needs(Capability.SCHEDULED_LIST);
        Instant time = underTest.now().plus(Duration.ofMillis(200));
        QueuedJob deleted = send(TestJobs.at(TestJobs.job(QUEUE), time));
        QueuedJob kept = send(TestJobs.at(TestJobs.job(QUEUE), time));

        assertThat(broker.delete(QUEUE, deleted.id())).isTrue();
        if (can(Capability.WAITING_DELETE)) { // else it is not known whether it waits
            assertThat(broker.delete(QUEUE, deleted.id())).isFalse();
        }
        eventuallyPast(time);

        assertThat(drain(open())).containsExactly(kept.id());
    }

    @Test
    @DisplayName("6.3 scheduled-jobs-get-by-range: by time, clamped")
    void scheduledJobsAreListedByTime() {
        needs(Capability.SCHEDULED_LIST);
        QueuedJob third = scheduleIn(FAR.plusHours(2));
        QueuedJob first = scheduleIn(FAR);
        QueuedJob second = scheduleIn(FAR.plusHours(1));

        assertThat(scheduled(0, 10)).containsExactly(first.id(), second.id(), third.id());
        assertThat(scheduled(0, 2)).containsExactly(first.id(), second.id());
        assertThat(scheduled(1, 1)).containsExactly(second.id());
        assertThat(scheduled(2, 100)).containsExactly(third.id());
        assertThat(scheduled(3, 10)).isEmpty();
        assertThat(broker.stats(QUEUE).scheduled()).isEqualTo(3);
    }

    private List<JobId> scheduled(int offset, int limit) {
        List<StoredJob> jobs = broker.list(QUEUE, Place.SCHEDULED, offset, limit);
        assertThat(jobs).allSatisfy(job -> {
            assertThat(job.place()).isEqualTo(Place.SCHEDULED);
            assertThat(job.job().state().notBefore()).isNotNull();
        });
        return idsOfStored(jobs);
    }

    @Test
    void aScheduledJobIsNotAddedAgainWithAnotherTime() {
        needsKnownIds();
        QueuedJob job = scheduleIn(FAR);

        assertThat(sendResults(List.of(TestJobs.at(job, underTest.now().minus(FAR)), job)))
                .containsOnly(new SendResult.Exists(job.id()));
        assertThat(lease(open(), 1)).isEmpty();
    }

    @Test
    @DisplayName("R15: a delay counts from the broker's now")
    void aDelayedJobIsNotDueAtOnceAndIsDueLater() {
        needs(Capability.SCHEDULED_LIST);
        QueuedJob job = sendOne();
        Session worker = open();

        apply(worker, leaseOne(worker), new Outcome.Snooze(FAR));

        Instant due = found(job).job().state().notBefore();
        assertThat(due)
                .isBetween(
                        underTest.now().plus(FAR).minusSeconds(30),
                        underTest.now().plus(FAR));
    }

    private void eventuallyPast(Instant time) {
        eventually("the time is past " + time, () -> underTest.now().isAfter(time));
    }
}
