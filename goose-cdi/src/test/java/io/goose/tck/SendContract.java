package io.goose.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.job.DeliveryState;
import io.goose.job.QueuedJob;
import io.goose.spi.Broker;
import io.goose.spi.Lease;
import io.goose.spi.Outcome;
import io.goose.spi.SendResult;
import io.goose.spi.Session;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a sender can rely on. */
public abstract class SendContract extends BrokerContract {

    @Test
    @DisplayName("6.1 async-execution-test: a sent job reaches a worker")
    void aSentJobReachesAWorkerThatStartsLater() {
        QueuedJob job = sendOne();

        assertThat(leaseOne(openElsewhere()).job().id()).isEqualTo(job.id());
    }

    @Test
    @DisplayName("R11, R27: an envelope travels byte by byte, whatever it holds")
    void anEnvelopeIsNeverReadOrRewritten() {
        QueuedJob job = sendOne();

        QueuedJob leased = leaseOne(open()).job();

        assertThat(leased.envelope().bytes()).isEqualTo(job.envelope().bytes());
        assertThat(leased.queue()).isEqualTo(QUEUE);
        assertThat(leased.state()).isEqualTo(DeliveryState.FRESH);
    }

    @Test
    void anEnvelopeOfTheLargestUsualSizeTravels() {
        QueuedJob job = send(TestJobs.jobOfSize(QUEUE, 256 * 1024));

        assertThat(leaseOne(open()).job().envelope()).isEqualTo(job.envelope());
    }

    @Test
    void jobsAreLeasedInTheOrderInWhichTheyWereSent() {
        List<QueuedJob> jobs = new ArrayList<>(sendSome(7));
        jobs.add(sendOne());
        jobs.addAll(sendSome(3));

        assertThat(drain(open())).containsExactlyElementsOf(TestJobs.ids(jobs));
    }

    @Test
    void aJobForTheFrontGoesAheadOfThoseAtTheBack() {
        needsAskedJobs(); // for the order
        sendSome(2);
        QueuedJob first = send(TestJobs.atFront(TestJobs.job(QUEUE)));
        QueuedJob second = send(TestJobs.atFront(TestJobs.job(QUEUE)));

        assertThat(idsOf(lease(open(), 2))).containsExactly(first.id(), second.id());
    }

    @Test
    @DisplayName("R2, R11: a job is known by its id, wherever it is")
    void aJobThatIsPresentIsNotAddedAgain() {
        needsKnownIds();
        Session worker = open();
        QueuedJob dead = send(knownJob());
        apply(worker, leaseOne(worker), new Outcome.Dead(dead.state()));
        QueuedJob parked = send(knownJob());
        apply(worker, leaseOne(worker), new Outcome.Parked("nobody knows it", null));
        QueuedJob scheduled = send(knownJob());
        apply(worker, leaseOne(worker), new Outcome.Snooze(Duration.ofHours(1)));
        QueuedJob running = send(knownJob());
        leaseOne(worker);
        QueuedJob waiting = send(knownJob());

        for (QueuedJob present : List.of(dead, parked, scheduled, running, waiting)) {
            assertThat(sendResults(List.of(present)))
                    .as("repeated send of %s among dead, parked, scheduled, running, waiting", present.id())
                    .containsExactly(new SendResult.Exists(present.id()));
        }
        assertThat(drain(openElsewhere())).containsExactly(waiting.id());
    }

    @Test
    void aMarkedJobIsKnownAfterItWasRun() {
        needsKnownIds();
        Session worker = open();
        QueuedJob job = send(TestJobs.marked(TestJobs.job(QUEUE)));
        apply(worker, leaseOne(worker), Outcome.Done.INSTANCE);

        assertThat(sendResults(List.of(job))).containsExactly(new SendResult.Exists(job.id()));
        assertThat(lease(worker, 1)).isEmpty();
    }

    @Test
    void aJobTwiceInOneSendIsAddedOnce() {
        needsKnownIds();
        QueuedJob job = knownJob();

        assertThat(sendResults(List.of(job, job)))
                .containsExactly(SendResult.Accepted.INSTANCE, new SendResult.Exists(job.id()));
        assertThat(drain(open())).containsExactly(job.id());
    }

    @Test
    void everyJobOfASendHasItsOwnAnswerInOrder() {
        needsKnownIds();
        QueuedJob present = send(knownJob());
        QueuedJob elsewhere = TestJobs.job("tck-other");

        assertThat(sendResults(List.of(TestJobs.job(QUEUE), present, elsewhere, TestJobs.job(QUEUE))))
                .containsExactly(
                        SendResult.Accepted.INSTANCE,
                        new SendResult.Exists(present.id()),
                        SendResult.Accepted.INSTANCE,
                        SendResult.Accepted.INSTANCE);
        assertThat(broker.stats(QUEUE).waiting()).isEqualTo(3);
        assertThat(broker.stats("tck-other").waiting()).isEqualTo(1);
    }

    @Test
    void sendingNothingAnswersNothing() {
        assertThat(sendResults(List.of())).isEmpty();
    }

    @Test
    void fiveHundredJobsTravelInOneSend() {
        List<QueuedJob> jobs = sendSome(500);

        assertThat(drain(open())).containsExactlyElementsOf(TestJobs.ids(jobs));
    }

    @Test
    @DisplayName("mechanics 13: several sends may be in flight, each answers for itself")
    void manySendsAreInFlight() {
        List<QueuedJob> jobs = TestJobs.jobs(QUEUE, 1000);
        List<CompletableFuture<List<SendResult>>> sends = new ArrayList<>();
        for (int i = 0; i < 1000; i += 10) {
            sends.add(broker.send(jobs.subList(i, i + 10)).toCompletableFuture());
        }

        sends.forEach(send -> assertThat(send.orTimeout(60, TimeUnit.SECONDS).join())
                .hasSize(10)
                .containsOnly(SendResult.Accepted.INSTANCE));
        assertThat(drain(open())).containsExactlyInAnyOrderElementsOf(TestJobs.ids(jobs));
    }

    @Test
    void aRecordThatIsNotFreshTravels() {
        DeliveryState state = DeliveryState.FRESH.afterFailure(
                TestJobs.failure("once"), java.time.Instant.ofEpochMilli(1_700_000_000_123L));
        send(TestJobs.job(QUEUE).withState(state));

        Lease lease = leaseOne(open());

        assertThat(lease.job().state()).isEqualTo(state);
        assertThat(lease.suspect()).isFalse();
    }

    @Test
    void allConnectionsSeeTheQueuesThatWereUsed() {
        send(TestJobs.job("tck-b"));
        send(TestJobs.job("tck-a"));

        assertThat(connect().queues()).containsSubsequence("tck-a", "tck-b").doesNotContain("tck-c");
    }

    @Test
    void aClosedConnectionSaysThatNothingWasSent() {
        Broker closed = connect();
        closed.close();
        closed.close();

        SendResult result = closed.send(List.of(TestJobs.job(QUEUE)))
                .toCompletableFuture()
                .join()
                .get(0);

        assertThat(result).isInstanceOfSatisfying(SendResult.Unknown.class, unknown -> assertThat(unknown.sent())
                .isFalse());
        assertThat(broker.stats(QUEUE).waiting()).isZero();
    }
}
