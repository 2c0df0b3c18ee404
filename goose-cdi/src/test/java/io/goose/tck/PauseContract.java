package io.goose.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.job.QueuedJob;
import io.goose.spi.Capability;
import io.goose.spi.Claim;
import io.goose.spi.Lease;
import io.goose.spi.Outcome;
import io.goose.spi.Session;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Queues that are stopped for the whole cluster. */
public abstract class PauseContract extends BrokerContract {

    @BeforeEach
    void needPause() {
        needs(Capability.PAUSE);
    }

    @Test
    void aPausedQueueGivesNoJobsToAnybodyAndSaysSo() {
        sendSome(2);
        Session here = open();
        Session elsewhere = openElsewhere();

        broker.pause(QUEUE);
        broker.pause(QUEUE);

        for (Session session : List.of(here, elsewhere)) {
            Claim claim = claim(session, 10);
            assertThat(claim.leases()).isEmpty();
            assertThat(claim.paused()).isTrue();
            assertThat(claim.more()).isFalse();
        }
        assertThat(connect().stats(QUEUE).paused()).isTrue();
        assertThat(broker.stats(QUEUE).waiting()).isEqualTo(2);
    }

    @Test
    void aResumedQueueGoesOnWhereItStopped() {
        List<QueuedJob> jobs = sendSome(2);
        Session worker = open();
        broker.pause(QUEUE);
        jobs = List.of(jobs.get(0), jobs.get(1), sendOne());
        assertThat(lease(worker, 10)).isEmpty();

        connect().resume(QUEUE);

        assertThat(broker.stats(QUEUE).paused()).isFalse();
        Claim claim = claim(worker, 10);
        assertThat(claim.paused()).isFalse();
        assertThat(idsOf(claim.leases())).isEqualTo(TestJobs.ids(jobs));
    }

    @Test
    void whatRunsGoesOnAndIsSettled() {
        sendSome(2);
        Session worker = open();
        List<Lease> leases = lease(worker, 2);

        broker.pause(QUEUE);

        apply(worker, leases.get(0), Outcome.Done.INSTANCE);
        apply(worker, leases.get(1), Outcome.Release.NOW);
        assertThat(worker.renew().lost()).isEmpty();
        assertThat(broker.stats(QUEUE).running()).isZero();
        assertThat(broker.stats(QUEUE).waiting()).isEqualTo(1);
        assertThat(lease(worker, 1)).isEmpty();
    }

    @Test
    void otherQueuesGoOn() {
        Session worker = open(QUEUE, "tck-other");
        sendOne();
        QueuedJob other = send(TestJobs.job("tck-other"));

        broker.pause(QUEUE);

        assertThat(idsOf(worker.lease("tck-other", 1, MANY_BYTES).leases())).containsExactly(other.id());
        assertThat(lease(worker, 1)).isEmpty();
    }

    @Test
    void aQueueCanBePausedBeforeItIsUsedAndResumedWithoutAPause() {
        broker.resume(QUEUE);
        broker.pause(QUEUE);
        QueuedJob job = sendOne();
        Session worker = open();
        assertThat(lease(worker, 1)).isEmpty();

        broker.resume(QUEUE);

        assertThat(leaseOne(worker).job().id()).isEqualTo(job.id());
    }

    @Test
    void whatBecomesDueDuringAPauseRunsAfterIt() {
        needs(Capability.DELAY);
        broker.pause(QUEUE);
        QueuedJob job = send(TestJobs.at(TestJobs.job(QUEUE), underTest.now().plusMillis(100)));
        Session worker = open();
        underTest.advance(Duration.ofMillis(200));
        assertThat(lease(worker, 1)).isEmpty();

        broker.resume(QUEUE);

        assertThat(leaseSoon(worker).job().id()).isEqualTo(job.id());
    }
}
