package io.goose.engine.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.admin.Place;
import io.goose.admin.QueueAdmin;
import io.goose.broker.memory.MemoryBroker;
import io.goose.engine.ManualClock;
import io.goose.engine.run.JobScope;
import io.goose.job.BatchId;
import io.goose.job.BatchState;
import io.goose.job.DeliveryState;
import io.goose.job.JobId;
import io.goose.job.Lane;
import io.goose.job.QueuedJob;
import io.goose.spi.BatchLedger.Addition;
import io.goose.spi.BatchLedger.Plan;
import io.goose.spi.Housekeeping;
import io.goose.tck.TestJobs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Purging a queue with the jobs of a batch. */
final class PurgedBatchTest {

    private static final String QUEUE = "mail";

    private final ManualClock clock = new ManualClock();
    private final MemoryBroker broker = MemoryBroker.withClock(clock);
    private final QueueAdmin admin = new EngineAdmin(
            broker, new AuditTrail("main", List.of(), clock, JobScope.NONE, (name, body) -> new Thread(body, name)));

    @AfterEach
    void close() {
        broker.close();
    }

    private JobId batchOf(int jobs) {
        BatchId id = BatchId.draw(clock.instant());
        List<QueuedJob> members = new ArrayList<>();
        for (int i = 0; i < jobs; i++) {
            members.add(renamed(TestJobs.job(QUEUE), id.member(i), DeliveryState.FRESH));
        }
        QueuedJob called = renamed(TestJobs.job(QUEUE), id.callback(0), DeliveryState.FRESH.withLane(Lane.FRONT));
        Plan plan = new Plan(QUEUE, Duration.ofHours(1), Map.of(BatchState.CANCELLED, List.of(called)));
        broker.batches().add(new Addition(id, plan, "1", 0, members, Set.of(QUEUE), true));
        return called.id();
    }

    private static QueuedJob renamed(QueuedJob job, JobId id, DeliveryState state) {
        return new QueuedJob(job.queue(), id, job.envelope(), state);
    }

    @Test
    void whatAPurgeBringsAbout_isNotPurgedByItsNextChunk() {
        List<JobId> called = new ArrayList<>();
        called.add(batchOf(Housekeeping.MOST));
        called.add(batchOf(Housekeeping.MOST));
        TestJobs.jobs(QUEUE, 150)
                .forEach(job -> broker.send(List.of(job)).toCompletableFuture().join());

        assertThat(admin.purge(QUEUE, Place.WAITING)).isEqualTo(2L * Housekeeping.MOST + 150);

        assertThat(broker.list(QUEUE, Place.WAITING, 0, 10))
                .extracting(stored -> stored.job().id())
                .containsExactlyInAnyOrderElementsOf(called);
        assertThat(admin.purge(QUEUE, Place.WAITING)).isEqualTo(2);
    }
}
