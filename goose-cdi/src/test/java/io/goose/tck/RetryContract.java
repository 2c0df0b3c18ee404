package io.goose.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.admin.Place;
import io.goose.job.DeliveryState;
import io.goose.job.Failure;
import io.goose.job.JobId;
import io.goose.job.QueuedJob;
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
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Jobs that failed and run again. */
public abstract class RetryContract extends BrokerContract {

    private static final Instant FAILED_AT = Instant.ofEpochMilli(1_700_000_000_123L);

    private static DeliveryState failed(Lease lease, String message) {
        return lease.job().state().afterFailure(TestJobs.failure(message), FAILED_AT);
    }

    @Test
    @DisplayName("6.1 retry-test: a failed job runs again, with its failure on record")
    void aRetriedJobRunsAgainWhenItsDelayIsOver() {
        needs(Capability.DELAY);
        QueuedJob job = sendOne();
        Session worker = open();
        Lease first = leaseOne(worker);

        apply(worker, first, new Outcome.Retry(Duration.ofMillis(200), QUEUE, failed(first, "one")));

        assertPlace(job, Place.SCHEDULED);
        Lease second = leaseSoon(worker);
        assertThat(second.job().id()).isEqualTo(job.id());
        assertThat(second.job().envelope()).isEqualTo(job.envelope());
        assertThat(second.job().state().attempt()).isEqualTo(2);
        assertThat(second.job().state().moves()).isEqualTo(1);
        assertThat(second.job().state().crashes()).isZero();
        assertThat(second.job().state().failures())
                .isEqualTo(failed(first, "one").failures());
    }

    @Test
    void aRetryWithoutDelayIsAtTheFrontAtOnce() {
        needsAskedJobs(); // for the order
        QueuedJob job = sendOne();
        sendSome(3);
        Session worker = open();
        Lease first = leaseOne(worker);

        apply(worker, first, new Outcome.Retry(Duration.ZERO, QUEUE, failed(first, "one")));

        assertThat(leaseOne(worker).job().id()).isEqualTo(job.id());
    }

    @Test
    @DisplayName("6.1 retry-test: retries go to a retry queue with a worker of its own")
    void aRetryOnAnotherQueueLeavesThisOne() {
        QueuedJob job = sendOne();
        Session worker = open();
        Session retrier = openElsewhere("tck-retry");
        Lease first = leaseOne(worker);

        apply(worker, first, new Outcome.Retry(Duration.ZERO, "tck-retry", failed(first, "one")));

        Lease second = leaseSoon(retrier, "tck-retry");
        assertThat(second.job().queue()).isEqualTo("tck-retry");
        assertThat(second.job().id()).isEqualTo(job.id());
        assertThat(second.job().envelope()).isEqualTo(job.envelope());
        assertThat(second.job().state().attempt()).isEqualTo(2);
        assertGone(job);
        assertThat(broker.stats(QUEUE).running()).isZero();
    }

    @Test
    void aRetryOnAnotherQueueWaitsForItsTimeThere() {
        needs(Capability.SCHEDULED_LIST);
        QueuedJob job = sendOne();
        Session worker = open();
        Session retrier = openElsewhere("tck-retry");
        Lease first = leaseOne(worker);

        apply(worker, first, new Outcome.Retry(Duration.ofHours(1), "tck-retry", failed(first, "one")));

        eventually("it is scheduled there", () -> broker.stats("tck-retry").scheduled() == 1);
        assertThat(retrier.lease("tck-retry", 1, MANY_BYTES).leases()).isEmpty();
        assertThat(broker.find("tck-retry", job.id()))
                .hasValueSatisfying(stored -> assertThat(stored.place()).isEqualTo(Place.SCHEDULED));
    }

    @Test
    @DisplayName("R12, mechanics 3: a job that was retried elsewhere and finished does not come back")
    void aRetryOnAnotherQueueIsDeliveredOnce() {
        QueuedJob job = sendOne();
        Session worker = openMortal(5);
        Session retrier = openElsewhere("tck-retry");
        Lease first = leaseOne(worker);
        apply(worker, first, new Outcome.Retry(Duration.ZERO, "tck-retry", failed(first, "one")));
        done(retrier, List.of(leaseSoon(retrier, "tck-retry")));

        beatFor(pastShortLease(), retrier); // the first worker is dead now
        for (int i = 0; i < 4; i++) {
            underTest.advance(underTest.shortHeartbeat());
            retrier.renew();
            retrier.sweep();
        }

        assertGone(job);
        assertGone("tck-retry", job.id());
    }

    @Test
    @DisplayName("1.4: 27 retries are 28 runs, each counted once")
    void allRetriesAreCounted() {
        sendOne();
        Session worker = open();
        for (int attempt = 1; attempt <= 28; attempt++) {
            Lease lease = leaseOne(worker);
            assertThat(lease.job().state().attempt()).isEqualTo(attempt);
            assertThat(lease.job().state().moves()).isEqualTo(attempt - 1);
            apply(worker, lease, new Outcome.Retry(Duration.ZERO, QUEUE, failed(lease, "run " + attempt)));
        }

        Lease last = leaseOne(worker);
        assertThat(last.job().state().failures().last()).isEqualTo(TestJobs.failure("run 28"));
    }

    @Test
    void theLongestFailureTravelsUnchanged() {
        sendOne();
        Session worker = open();
        Failure longest = new Failure("a.B$C", "ü|\n".repeat(1000), "\tat x.y(Z.java:1)\r\n".repeat(1000));
        Lease first = leaseOne(worker);

        apply(
                worker,
                first,
                new Outcome.Retry(Duration.ZERO, QUEUE, first.job().state().afterFailure(longest, FAILED_AT)));

        assertThat(leaseOne(worker).job().state().failures().last()).isEqualTo(longest);
    }

    @Test
    void retriesBecomeDueInTheOrderOfTheirTimes() {
        needs(Capability.SCHEDULED_LIST); // else a delay may be rounded
        needs(Capability.DELAY);
        sendSome(3);
        Session worker = open();
        List<Lease> leases = lease(worker, 3);
        List<Settlement> retries = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Lease lease = leases.get(i);
            Duration after = Duration.ofMillis(500 - 100L * i);
            retries.add(Settlement.of(lease, new Outcome.Retry(after, QUEUE, failed(lease, "x"))));
        }
        // In one call, so that they count from one moment.
        assertThat(worker.settle(retries)).hasSize(3).containsOnly(Verdict.APPLIED);

        List<JobId> reversed = List.of(
                leases.get(2).job().id(),
                leases.get(1).job().id(),
                leases.get(0).job().id());
        assertThat(drainSoon(worker, 3)).isEqualTo(reversed);
    }
}
