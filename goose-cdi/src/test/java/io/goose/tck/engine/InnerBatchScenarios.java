package io.goose.tck.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.JobCall;
import io.goose.job.BatchId;
import io.goose.job.BatchState;
import io.goose.job.BatchStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What brokers that keep batches must do for batches in batches: whole engines on one storage, by the real time. */
@Timeout(120)
public abstract class InnerBatchScenarios extends OneEngineScenarios {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Override
    final Duration patience() {
        return PATIENCE;
    }

    private BatchStatus reaches(BatchId id, Predicate<BatchStatus> reached) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            BatchStatus now = goose.client().batch(id).status().orElseThrow();
            if (reached.test(now)) {
                return now;
            }
            assertThat(System.nanoTime()).as("the batch is %s", now).isLessThan(end);
            LockSupport.parkNanos(10_000_000);
        }
    }

    @Test
    void aBatchWaitsForThoseInIt_andTheirs_onOtherQueuesToo() throws InterruptedException {
        BatchId id = goose.client()
                .with(o -> o.queue(ONE))
                .performBatch(
                        b -> b.queue(ONE)
                                .onSuccess(JobCall.of("note", "over"))
                                .batch(
                                        inner -> inner.queue(OTHER)
                                                .linger(Duration.ZERO)
                                                .batch(
                                                        most -> most.queue(ONE),
                                                        List.of(JobCall.of("wait-first", "innermost"))),
                                        List.of(JobCall.of("add-five", 1))),
                        List.of(JobCall.of("note", "plain")));
        assertThat(next()).isEqualTo("plain");
        assertThat(jobs.started.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        BatchStatus waiting = reaches(id, status -> status.counts().success() == 1);
        assertThat(waiting.state()).isEqualTo(BatchState.IN_PROGRESS);
        assertThat(waiting.counts().total()).isEqualTo(2);

        jobs.end.countDown();

        assertThat(next()).isEqualTo("innermost");
        assertThat(next()).isEqualTo("over");
        BatchStatus over = reaches(id, status -> status.state() != BatchState.IN_PROGRESS);
        assertThat(over.state()).isEqualTo(BatchState.SUCCESS);
        assertThat(over.counts()).isEqualTo(new BatchStatus.Counts(2, 0, 2, 0, 0));
        assertThat(jobs.ran).isEmpty();
    }

    @Test
    void aBatchThatIsAddedToOneUnderWay_andDies_countsAsADeadJob() throws InterruptedException {
        jobs.failures.add(new IllegalStateException("for good"));
        BatchId id = goose.client()
                .with(o -> o.queue(ONE))
                .performBatch(
                        b -> b.queue(ONE).onDead(JobCall.of("note", "over")),
                        List.of(JobCall.of("wait-first", "plain")));
        assertThat(jobs.started.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();

        BatchId inner = goose.client()
                .with(o -> o.queue(ONE))
                .batch(id)
                .addBatch(b -> b.queue(ONE), List.of(JobCall.of("fail", "never"), JobCall.of("add-five", 1)));
        reaches(inner, status -> status.state() == BatchState.PARTIAL_SUCCESS);
        jobs.end.countDown();

        assertThat(next()).isEqualTo("plain");
        assertThat(next()).isEqualTo("over");
        BatchStatus over = reaches(id, status -> status.state() != BatchState.IN_PROGRESS);
        assertThat(over.state()).isEqualTo(BatchState.PARTIAL_SUCCESS);
        assertThat(over.counts()).isEqualTo(new BatchStatus.Counts(2, 0, 1, 1, 0));
        assertThat(goose.admin().stats(ONE).dead()).isEqualTo(1);
    }

    @Test
    void aBatchThatIsCancelled_cancelsThoseInIt() throws InterruptedException {
        BatchId known = BatchId.draw(Instant.now());
        BatchId id = goose.client()
                .with(o -> o.queue(ONE))
                .performBatch(
                        b -> b.queue(ONE)
                                .onComplete(JobCall.of("note", "over"))
                                .batch(inner -> inner.id(known).queue(ONE), List.of(JobCall.of("hang"))),
                        List.of(JobCall.of("note", "plain")));
        assertThat(next()).isEqualTo("plain");
        assertThat(jobs.started.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        reaches(id, status -> status.counts().success() == 1);

        assertThat(goose.client().batch(id).cancel()).isTrue();

        assertThat(next()).isEqualTo("over");
        assertThat(reaches(known, status -> status.state() != BatchState.IN_PROGRESS)
                        .state())
                .isEqualTo(BatchState.CANCELLED);
        assertThat(reaches(id, status -> status.state() != BatchState.IN_PROGRESS)
                        .counts())
                .isEqualTo(new BatchStatus.Counts(2, 0, 1, 0, 1));
    }
}
