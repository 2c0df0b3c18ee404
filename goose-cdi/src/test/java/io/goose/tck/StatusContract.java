package io.goose.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.job.DeliveryState;
import io.goose.job.JobResult;
import io.goose.job.JobResult.End;
import io.goose.job.QueuedJob;
import io.goose.spi.Capability;
import io.goose.spi.Effect;
import io.goose.spi.Lease;
import io.goose.spi.Outcome;
import io.goose.spi.Session;
import io.goose.spi.Settlement;
import io.goose.spi.Verdict;
import jakarta.json.Json;
import jakarta.json.JsonValue;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is kept of jobs that have ended. */
public abstract class StatusContract extends BrokerContract {

    private static final String RETRIES = "tck-retry";
    private static final Duration LONG = Duration.ofHours(1);

    @BeforeEach
    void needStatus() {
        needs(Capability.STATUS);
    }

    private static JobResult result(String value) {
        return new JobResult(
                End.SUCCEEDED, 2, "json", Json.createArrayBuilder().add(value).build());
    }

    private static Verdict settle(Session worker, Lease lease, Outcome outcome, JobResult result, Duration keep) {
        return worker.settle(List.of(new Settlement(lease, outcome, List.of(new Effect.PutResult(result, keep)))))
                .get(0);
    }

    @Test
    void whatIsKeptIsThereWhenTheJobHasEnded() {
        Session worker = open();
        QueuedJob job = sendOne();
        Lease lease = leaseSoon(worker);
        assertThat(broker.result(QUEUE, job.id())).isEmpty();
        JobResult kept = result("a \"quoted\" ü \u0001 | 🦢\n");

        assertThat(settle(worker, lease, Outcome.Done.INSTANCE, kept, LONG)).isEqualTo(Verdict.APPLIED);

        assertGone(job);
        assertThat(broker.result(QUEUE, job.id())).contains(kept);
        assertThat(connect().result(QUEUE, job.id())).contains(kept);
        assertThat(broker.result(QUEUE, TestJobs.job(QUEUE).id())).isEmpty();
        assertThat(broker.result("tck-unused", job.id())).isEmpty();
    }

    @Test
    void otherEndsAreKeptWithoutAValue() {
        Session worker = open();
        JobResult cancelled = new JobResult(End.CANCELLED, 1, "json", JsonValue.EMPTY_JSON_ARRAY);
        JobResult expired = new JobResult(End.EXPIRED, 1, "json", JsonValue.EMPTY_JSON_ARRAY);
        sendSome(2);
        Lease one = leaseSoon(worker);
        Lease other = leaseSoon(worker);

        settle(worker, one, new Outcome.Cancelled(), cancelled, LONG);
        settle(worker, other, new Outcome.Expired(), expired, LONG);

        assertThat(broker.result(QUEUE, one.job().id())).contains(cancelled);
        assertThat(broker.result(QUEUE, other.job().id())).contains(expired);
    }

    @Test
    void whatIsKeptGoesWhenItsTimeIsOver() {
        Session worker = open();
        QueuedJob shortly = sendOne();
        settle(worker, leaseSoon(worker), Outcome.Done.INSTANCE, result("x"), Duration.ofMillis(300));
        QueuedJob longer = sendOne();
        settle(worker, leaseSoon(worker), Outcome.Done.INSTANCE, result("y"), LONG);

        eventually("it is over", () -> broker.result(QUEUE, shortly.id()).isEmpty());

        assertThat(broker.result(QUEUE, longer.id())).isPresent();
    }

    @Test
    void aStaleEndKeepsNothing() {
        needsAskedJobs();
        needsExactCounting();
        QueuedJob job = sendOne();
        Session mortal = openMortal(1);
        Lease lost = leaseSoon(mortal);
        Session rescuer = openMortal(1);
        rescue(rescuer, 1);
        Lease lease = leaseSoon(rescuer);

        assertThat(settle(mortal, lost, Outcome.Done.INSTANCE, result("stale"), LONG))
                .isEqualTo(Verdict.STALE);
        assertThat(broker.result(QUEUE, job.id())).isEmpty();
        settle(rescuer, lease, Outcome.Done.INSTANCE, result("good"), LONG);

        assertThat(broker.result(QUEUE, job.id())).contains(result("good"));
    }

    @Test
    void theResultIsInTheQueueInWhichTheJobEnded() {
        Session worker = open(QUEUE, RETRIES);
        QueuedJob job = sendOne();
        Lease first = leaseSoon(worker);
        DeliveryState next = first.job().state().afterFailure(TestJobs.failure("no"), Instant.ofEpochMilli(1));
        apply(worker, first, new Outcome.Retry(Duration.ZERO, RETRIES, next));
        settle(worker, leaseSoon(worker, RETRIES), Outcome.Done.INSTANCE, result("z"), LONG);

        assertThat(broker.result(QUEUE, job.id())).isEmpty();
        assertThat(broker.result(RETRIES, job.id())).contains(result("z"));
    }

    @Test
    void manyAreKeptInOneSettle() {
        sendSome(60);
        Session worker = open();
        List<Lease> leases = new ArrayList<>();
        eventually("all are leased", () -> {
            leases.addAll(lease(worker, 60));
            return leases.size() == 60;
        });
        List<Settlement> settlements = new ArrayList<>();
        for (Lease lease : leases) {
            List<Effect> effects = settlements.size() % 2 == 0
                    ? List.of(new Effect.PutResult(result(lease.job().id().value()), LONG))
                    : List.of();
            settlements.add(new Settlement(lease, Outcome.Done.INSTANCE, effects));
        }

        assertThat(worker.settle(settlements)).hasSize(60).containsOnly(Verdict.APPLIED);

        for (int i = 0; i < 60; i++) {
            QueuedJob job = leases.get(i).job();
            if (i % 2 == 0) {
                assertThat(broker.result(QUEUE, job.id()))
                        .contains(result(job.id().value()));
            } else {
                assertThat(broker.result(QUEUE, job.id())).isEmpty();
            }
        }
    }
}
