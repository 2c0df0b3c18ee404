package io.goose.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.admin.Place;
import io.goose.job.DeliveryState;
import io.goose.job.EncodedEnvelope;
import io.goose.job.JobId;
import io.goose.job.QueuedJob;
import io.goose.spi.Capability;
import io.goose.spi.Lease;
import io.goose.spi.Outcome;
import io.goose.spi.Session;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** An envelope is written once: whatever happens to the job, the bytes are those that were sent. */
public abstract class EnvelopeContract extends BrokerContract {

    private static final Instant FAILED_AT = Instant.ofEpochMilli(1_700_000_000_123L);

    /** A job whose envelope another program wrote: fields nobody knows, odd spaces, big and odd numbers. */
    private static QueuedJob foreignJob() {
        JobId id = JobId.of(UUID.randomUUID());
        String text =
                "{ \"x-vendor\" : {\"big\":9223372036854775807, \"one\":1.0e0, \"none\":[], \"a\":null},\r\n\t\"v\":1,"
                        + "\"id\":\"" + id + "\",\"handler\":\"h\",\"args\":[ -0 , \"\\u00fc\\/ü🦢\"],\"queue\":\""
                        + QUEUE
                        + "\",\"enqueuedAt\":1 } ";
        return new QueuedJob(
                QUEUE, id, EncodedEnvelope.wrap(text.getBytes(StandardCharsets.UTF_8)), DeliveryState.FRESH);
    }

    @Test
    @DisplayName("mechanics 4: unknown fields survive every move of a job")
    void theBytesSurviveEveryMove() {
        needs(Capability.DELAY);
        QueuedJob job = send(foreignJob());
        Session worker = open();
        if (can(Capability.WAITING_FIND)) {
            assertSame(job, found(job).job());
        }

        Lease lease = leaseOne(worker);
        assertSame(job, lease.job());
        apply(worker, lease, new Outcome.Release(Duration.ZERO, null));
        lease = leaseSoon(worker);
        assertSame(job, lease.job());
        apply(worker, lease, new Outcome.Snooze(Duration.ofMillis(20)));
        lease = leaseSoon(worker);
        assertSame(job, lease.job());
        DeliveryState failed = lease.job().state().afterFailure(TestJobs.failure("once"), FAILED_AT);
        apply(worker, lease, new Outcome.Retry(Duration.ofMillis(20), QUEUE, failed));
        if (can(Capability.SCHEDULED_LIST)) {
            assertSame(job, broker.list(QUEUE, Place.SCHEDULED, 0, 10).get(0).job());
        }
        lease = leaseSoon(worker);
        assertSame(job, lease.job());
        DeliveryState last = lease.job().state().afterDeath(TestJobs.failure("twice"), FAILED_AT);
        apply(worker, lease, new Outcome.Dead(last));
        assertSame(job, found(job).job());
        assertThat(broker.replay(QUEUE, job.id())).isTrue();
        assertSame(job, leaseSoon(worker).job());
    }

    @Test
    void theBytesSurviveTheWayToAnotherQueue() {
        needs(Capability.DELAY);
        QueuedJob job = send(foreignJob());
        Session worker = open(QUEUE, "tck-retries");
        Lease lease = leaseOne(worker);
        DeliveryState failed = lease.job().state().afterFailure(TestJobs.failure("once"), FAILED_AT);

        apply(worker, lease, new Outcome.Retry(Duration.ofMillis(20), "tck-retries", failed));

        assertSame(job, leaseSoon(worker, "tck-retries").job());
    }

    @Test
    void theBytesSurviveTheDeathOfAWorker() {
        QueuedJob job = send(foreignJob());
        Session doomed = openMortal(1);
        leaseOne(doomed);
        Session rescuer = openElsewhere();
        underTest.advance(pastShortLease());

        rescue(rescuer, 1);

        assertSame(job, leaseSoon(rescuer).job());
    }

    private static void assertSame(QueuedJob sent, QueuedJob now) {
        assertThat(now.id()).isEqualTo(sent.id());
        assertThat(now.envelope().text()).isEqualTo(sent.envelope().text());
        assertThat(now.envelope()).isEqualTo(sent.envelope());
    }
}
