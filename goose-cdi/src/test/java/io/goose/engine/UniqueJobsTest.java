package io.goose.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.Enqueued;
import io.goose.Enqueued.Outcome;
import io.goose.GooseClient;
import io.goose.JobCall;
import io.goose.JobOptions;
import io.goose.RetryDelay;
import io.goose.Unique;
import io.goose.broker.memory.MemoryBroker;
import io.goose.job.JobId;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Unique jobs from the client to the end of their runs. */
@Timeout(180)
class UniqueJobsTest {

    private final ManualClock clock = new ManualClock();
    private final MemoryBroker broker = MemoryBroker.withClock(clock);
    private final BlockingQueue<Object> ran = new LinkedBlockingQueue<>();
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch end = new CountDownLatch(1);
    private final AtomicReference<TestEngine> engine = new AtomicReference<>();

    private static GooseClient unique(TestEngine engine, Unique unique) {
        return engine.client().with(o -> o.unique(unique));
    }

    @Test
    void aSecondCallIsToldOfTheFirstUntilThatHasEnded() throws Exception {
        try (TestEngine engine = TestEngine.on(broker)
                .clock(clock)
                .job(
                        "x",
                        arguments -> {
                            begun.countDown();
                            end.await();
                            return ran.add(String.valueOf(arguments.get(0)));
                        },
                        String.class)
                .build()) {
            GooseClient client = unique(engine, Unique.untilEnded());
            Enqueued first = client.enqueue(JobCall.of("x", "a"));
            assertThat(first.outcome()).isEqualTo(Outcome.ADDED);
            assertThat(client.enqueue(JobCall.of("x", "a"))).isEqualTo(new Enqueued(first.id(), Outcome.EXISTS));
            assertThat(client.performAsync(JobCall.of("x", "a"))).isEqualTo(first.id());
            List<JobId> all =
                    client.performAll(List.of(JobCall.of("x", "b"), JobCall.of("x", "a"), JobCall.of("x", "b")));
            assertThat(all.get(1)).isEqualTo(first.id());
            assertThat(all.get(0)).isEqualTo(all.get(2)).isNotEqualTo(first.id());

            engine.start();
            begun.await();
            assertThat(client.enqueue(JobCall.of("x", "a")).outcome())
                    .as("while it runs")
                    .isEqualTo(Outcome.EXISTS);
            end.countDown();
            engine.drained("default");

            assertThat(ran).containsExactlyInAnyOrder("a", "b");
            assertThat(client.enqueue(JobCall.of("x", "a")).isAdded()).isTrue();
            engine.drained("default");
        }
    }

    @Test
    void theChosenArgumentsAreCompared() {
        try (TestEngine engine = TestEngine.on(broker)
                .clock(clock)
                .job("x", arguments -> null, String.class, int.class)
                .build()) {
            GooseClient client = unique(engine, Unique.untilEnded().byArguments(1));
            JobId first = client.performAsync(JobCall.of("x", "a", 7));

            assertThat(client.performAsync(JobCall.of("x", "b", 7))).isEqualTo(first);
            assertThat(client.performAsync(JobCall.of("x", "a", 8))).isNotEqualTo(first);
            assertThat(client.performAsync(JobCall.of("y", "a", 7))).isNotEqualTo(first);
            assertThat(client.with(o -> o.queue("other")).performAsync(JobCall.of("x", "a", 7)))
                    .isNotEqualTo(first);
            assertThat(engine.client().performAsync(JobCall.of("x", "a", 7)))
                    .as("one that need not be unique")
                    .isNotEqualTo(first);
        }
    }

    @Test
    void oneThatWaitsIsRunWithTheLastArgumentsUnderItsOwnId() {
        try (TestEngine built = TestEngine.on(broker)
                .clock(clock)
                .job(
                        "x",
                        arguments -> {
                            JobId id = engine.get().engine().currentRun().id();
                            return ran.add(id + " " + arguments.get(0));
                        },
                        String.class)
                .build()) {
            engine.set(built);
            GooseClient client = unique(built, Unique.untilEnded().byHandler().debouncing());
            Enqueued first = client.enqueueIn(Duration.ofMinutes(1), JobCall.of("x", "first"));
            clock.advance(Duration.ofSeconds(40));
            Enqueued last = client.enqueueIn(Duration.ofMinutes(1), JobCall.of("x", "last"));
            assertThat(last).isEqualTo(new Enqueued(first.id(), Outcome.REPLACED));
            clock.advance(Duration.ofSeconds(40));
            built.start();
            assertThat(broker.stats("default").scheduled()).isEqualTo(1);

            clock.advance(Duration.ofSeconds(30));
            broker.clockMoved();
            built.drained("default");

            assertThat(ran).containsExactly(first.id() + " last");
        }
    }

    @Test
    void oneThatIsRetriedInAnotherQueueGivesItsKeyUpThere() {
        JobOptions options = JobOptions.builder()
                .maxRetries(1)
                .retryQueue("slow")
                .retryDelay(RetryDelay.fixed(Duration.ofMinutes(1)))
                .unique(Unique.untilEnded())
                .build();
        try (TestEngine built = TestEngine.on(broker)
                .clock(clock)
                .queues("default", "slow")
                .job("x", options, List.of(), arguments -> {
                    if (ran.isEmpty()) {
                        ran.add("failed");
                        throw new IllegalStateException("not yet");
                    }
                    return ran.add("done");
                })
                .start()) {
            JobId first = built.client().performAsync(JobCall.of("x"));
            Eventually.until(
                    "it waits to be retried", () -> broker.stats("slow").scheduled() == 1);
            assertThat(built.client().performAsync(JobCall.of("x"))).isEqualTo(first);

            clock.advance(Duration.ofMinutes(2));
            broker.clockMoved();
            built.drained("default", "slow");

            assertThat(ran).containsExactly("failed", "done");
            assertThat(built.client().performAsync(JobCall.of("x"))).isNotEqualTo(first);
            built.drained("default", "slow");
        }
    }
}
