package io.goose.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.goose.GooseClient;
import io.goose.JobCall;
import io.goose.JobNotSucceededException;
import io.goose.JobStatus;
import io.goose.JobStatus.State;
import io.goose.broker.memory.MemoryBroker;
import io.goose.job.Failure;
import io.goose.job.JobId;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What callers learn of their jobs. */
@Timeout(180)
class ResultsTest {

    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration LONG = Duration.ofSeconds(30);

    private final ManualClock clock = new ManualClock();
    private final MemoryBroker broker = MemoryBroker.withClock(clock);
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch end = new CountDownLatch(1);
    private LogCapture log;

    @BeforeEach
    void listen() {
        log = LogCapture.open();
    }

    @AfterEach
    void stopListening() {
        log.close();
    }

    private TestEngine.Builder engine() {
        return TestEngine.on(broker)
                .clock(clock)
                .retryMax(0)
                .job("twice", arguments -> 2 * ((Number) arguments.get(0)).intValue(), int.class)
                .job("nothing", arguments -> null)
                .job("unfit", arguments -> new Object() {
                    @Override
                    public String toString() {
                        throw new IllegalStateException("no text");
                    }

                    @SuppressWarnings("unused") // read by the codec
                    public int getValue() {
                        throw new IllegalStateException("no value");
                    }
                })
                .job("fails", arguments -> {
                    throw new ArithmeticException("no");
                })
                .job("hangs", arguments -> {
                    begun.countDown();
                    end.await();
                    return "late";
                });
    }

    private static GooseClient keeping(TestEngine engine) {
        return engine.client().with(o -> o.keepResult(HOUR));
    }

    @Test
    void theReturnedValueIsThereForItsTime() throws Exception {
        try (TestEngine engine = engine().start()) {
            JobId id = keeping(engine).performAsync(JobCall.of("twice", 21));

            assertThat(engine.client().await(id, Integer.class, LONG)).contains(42);
            JobStatus status = engine.client().status(id);
            assertThat(status.state()).isEqualTo(State.SUCCEEDED);
            assertThat(status.attempt()).isEqualTo(1);
            assertThat(status.result(Long.class)).contains(42L);
            assertThatThrownBy(() -> status.result(Boolean.class)).isInstanceOf(IllegalArgumentException.class);

            clock.advance(HOUR);
            assertThat(engine.client().status(id).state()).isEqualTo(State.UNKNOWN);
        }
    }

    @Test
    void oneThatReturnsNothingHasSucceededToo() throws Exception {
        try (TestEngine engine = engine().start()) {
            JobId id = keeping(engine).performAsync(JobCall.of("nothing"));

            assertThat(engine.client().await(id, String.class, LONG)).isEqualTo(Optional.empty());
        }
    }

    @Test
    void oneThatDiedAndLeavesNothingBehind_hasNotSucceeded() throws Exception {
        try (TestEngine engine = engine().start()) {
            JobId id = keeping(engine).with(o -> o.skipDead(true)).performAsync(JobCall.of("fails"));
            engine.drained("default");

            assertThat(engine.client().status(id).state()).isEqualTo(State.UNKNOWN);
        }
    }

    @Test
    void nothingIsKeptOfAJobThatDoesNotAskForIt() throws Exception {
        try (TestEngine engine = engine().build()) {
            JobId id = engine.client().performAsync(JobCall.of("twice", 21));
            assertThat(engine.client().status(id).state()).isEqualTo(State.WAITING);
            engine.start();
            engine.drained("default");

            assertThat(engine.client().status(id).state()).isEqualTo(State.UNKNOWN);
            assertThatThrownBy(() -> engine.client().await(id, Integer.class, Duration.ofMillis(1)))
                    .isInstanceOf(JobNotSucceededException.class)
                    .hasMessageStartingWith("GOOSE-2285");
        }
    }

    @Test
    void theStateIsToldWhileTheJobIsOnItsWay() throws Exception {
        try (TestEngine engine = engine().start()) {
            GooseClient client = keeping(engine);
            JobId later = client.performIn(HOUR, JobCall.of("hangs"));
            assertThat(client.status(later).state()).isEqualTo(State.SCHEDULED);
            JobId now = client.performAsync(JobCall.of("hangs"));
            begun.await();
            assertThat(client.status(now).state()).isEqualTo(State.RUNNING);
            assertThat(client.await(now, Duration.ofMillis(1)).hasEnded()).isFalse();
            end.countDown();

            assertThat(client.await(now, String.class, LONG)).contains("late");
            assertThat(client.status(JobId.random()).state()).isEqualTo(State.UNKNOWN);
        }
    }

    @Test
    void aDeadJobTellsItsFailure() throws Exception {
        try (TestEngine engine = engine().start()) {
            JobId id = keeping(engine).performAsync(JobCall.of("fails"));

            JobStatus status = engine.client().await(id, LONG);

            assertThat(status.state()).isEqualTo(State.DEAD);
            assertThat(status.failure().map(Failure::type)).contains(ArithmeticException.class.getName());
            assertThatThrownBy(() -> engine.client().await(id, String.class, LONG))
                    .isInstanceOfSatisfying(
                            JobNotSucceededException.class,
                            failed -> assertThat(failed.status().failure()).isPresent());
        }
    }

    @Test
    void aResultThatCannotBeEncodedIsNoReasonToRunTheJobAgain() throws Exception {
        try (TestEngine engine = engine().start()) {
            JobId id = keeping(engine).performAsync(JobCall.of("unfit"));

            JobStatus status = engine.client().await(id, LONG);

            assertThat(status.state()).isEqualTo(State.SUCCEEDED);
            assertThat(status.result(String.class)).isEmpty();
            assertThat(log.messages()).anyMatch(message -> message.contains("GOOSE-2283"));
        }
    }
}
