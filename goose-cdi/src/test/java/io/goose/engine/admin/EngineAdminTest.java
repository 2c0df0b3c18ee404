package io.goose.engine.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.goose.UnsupportedCapabilityException;
import io.goose.admin.Place;
import io.goose.admin.StoredJob;
import io.goose.engine.run.JobScope;
import io.goose.job.JobId;
import io.goose.job.QueuedJob;
import io.goose.spi.Broker;
import io.goose.spi.Outcome;
import io.goose.spi.Session;
import io.goose.spi.SessionSpec;
import io.goose.spi.Settlement;
import io.goose.tck.BareTransport;
import io.goose.tck.TestJobs;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Looking for a job whose queue is not known, on a broker that cannot look among what waits. */
final class EngineAdminTest {

    private final Broker broker = BareTransport.create(true);
    private final EngineAdmin admin = new EngineAdmin(
            broker,
            new AuditTrail(
                    "main", List.of(), InstantSource.system(), JobScope.NONE, (name, body) -> new Thread(body, name)));

    @AfterEach
    void close() {
        broker.close();
    }

    private JobId dead(String queue) {
        QueuedJob job = TestJobs.job(queue);
        broker.send(List.of(job)).toCompletableFuture().join();
        try (Session session = broker.open(new SessionSpec(
                List.of(queue), 1, 1, Set.of(), Duration.ofSeconds(30), Duration.ofSeconds(5), "test"))) {
            session.settle(List.of(
                    Settlement.of(session.lease(queue, 1, 1 << 20).leases().get(0), new Outcome.Dead(job.state()))));
        }
        return job.id();
    }

    @Test
    void aDeadJob_isFoundAndDeleted_whateverWaitsInOtherQueues() {
        broker.send(List.of(TestJobs.job("a"), TestJobs.job("c")))
                .toCompletableFuture()
                .join();
        JobId id = dead("b");

        assertThat(admin.find(id).map(StoredJob::place)).contains(Place.DEAD);
        assertThat(admin.delete(id)).isTrue();
        assertThat(admin.stats("b").dead()).isZero();
    }

    @Test
    void aJobThatMayWait_isNotSaidToBeNowhere() {
        JobId waiting = TestJobs.job("a").id();
        dead("b");

        assertThatThrownBy(() -> admin.find(waiting)).isInstanceOf(UnsupportedCapabilityException.class);
        assertThatThrownBy(() -> admin.delete(waiting)).isInstanceOf(UnsupportedCapabilityException.class);
        assertThatThrownBy(() -> admin.prioritise(waiting)).isInstanceOf(UnsupportedCapabilityException.class);
    }

    @Test
    void theDead_areSentAnewTakenOutAndEmptied_allTheSame() {
        List<JobId> dead = List.of(dead("b"), dead("b"), dead("b"), dead("b"));

        assertThat(admin.replayOldest("b", Place.DEAD, 1)).isEqualTo(1);
        assertThat(admin.pop("b").map(job -> job.job().id())).contains(dead.get(1));
        assertThat(admin.purge("b", Place.DEAD)).isEqualTo(2);
        assertThat(admin.purge("b", Place.WAITING)).isEqualTo(1);
        assertThat(admin.replayAll("b", Place.DEAD)).isZero();
        assertThat(admin.pop("b")).isEmpty();
        assertThatThrownBy(() -> admin.purge("b", Place.SCHEDULED)).isInstanceOf(UnsupportedCapabilityException.class);
        assertThatThrownBy(admin::workers).isInstanceOf(UnsupportedCapabilityException.class);
    }
}
