package io.goose.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.JobCall;
import io.goose.JobFailureHandler;
import io.goose.JobOptions;
import io.goose.JobRun;
import io.goose.RetryDelay;
import io.goose.broker.memory.MemoryBroker;
import io.goose.engine.FaultyBroker.Call;
import io.goose.job.JobId;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The scenarios that every broker must serve, named as in nilenso/goose. */
@Timeout(60)
class ScenariosTest {

    private record Told(String what, String queue, int attempt, int retriesLeft, Throwable failure) {}

    private final ManualClock clock = new ManualClock();
    private final MemoryBroker broker = MemoryBroker.withClock(clock);
    private final BlockingQueue<Object> ran = new LinkedBlockingQueue<>();
    private final BlockingQueue<Told> told = new LinkedBlockingQueue<>();
    private LogCapture log;

    private final JobFailureHandler teller = new JobFailureHandler() {
        @Override
        public void onError(JobRun run, Throwable failure) {
            told.add(new Told("error", run.queue(), run.attempt(), run.retriesLeft(), failure));
        }

        @Override
        public void onDeath(JobRun run, Throwable failure) {
            told.add(new Told("death", run.queue(), run.attempt(), run.retriesLeft(), failure));
        }
    };

    @BeforeEach
    void listen() {
        log = LogCapture.open();
    }

    @AfterEach
    void stopListening() {
        log.close();
    }

    private TestEngine.Builder engine(String queue) {
        return TestEngine.on(broker).clock(clock).queues(queue).failureHandler(teller);
    }

    private TestEngine.Builder noting() {
        return engine("test").job("note", arguments -> ran.add(arguments.get(0)), String.class);
    }

    private static JobOptions onTest() {
        return JobOptions.builder().queue("test").build();
    }

    private void advance(Duration time) {
        clock.advance(time);
        broker.clockMoved();
    }

    @Test
    @DisplayName("async-execution-test; perform-async-test")
    void performAsync_returnsAUuidAndTheMethodGetsItsArgument() {
        try (TestEngine engine = noting().build()) {
            JobId id = engine.client().with(onTest()).performAsync(JobCall.of("note", "hello"));
            assertThat(id.isUuid()).isTrue();
            assertThat(ran).isEmpty();

            engine.start();
            assertThat(Eventually.next(ran)).isEqualTo("hello");
            engine.drained("test");
            assertThat(ran).isEmpty();
        }
    }

    @Test
    @DisplayName("absolute-scheduling-test; perform-at-test")
    void performAt_nowRunsAtOnce() {
        try (TestEngine engine = noting().start()) {
            engine.client().with(onTest()).performAt(clock.instant(), JobCall.of("note", "now"));
            assertThat(Eventually.next(ran)).isEqualTo("now");
            engine.client().with(onTest()).performAt(clock.instant().minusSeconds(3600), JobCall.of("note", "past"));
            assertThat(Eventually.next(ran)).isEqualTo("past");
        }
    }

    @Test
    @DisplayName("relative-scheduling-test; perform-in-sec-test")
    void performIn_runsWhenTheTimeHasCome() {
        try (TestEngine engine = noting().start()) {
            engine.client().with(onTest()).performIn(Duration.ofSeconds(1), JobCall.of("note", "later"));
            assertThat(engine.stats("test").scheduled()).isEqualTo(1);
            advance(Duration.ofMillis(999));
            assertThat(engine.stats("test").scheduled()).isEqualTo(1);
            assertThat(ran).isEmpty();

            advance(Duration.ofMillis(1));
            assertThat(Eventually.next(ran)).isEqualTo("later");
        }
    }

    @Test
    @DisplayName("middleware-test")
    void aMiddlewareWrapsTheRunAndSeesWhatTheMethodReturned() {
        try (TestEngine engine = engine("test")
                .job("add-five", arguments -> (Integer) arguments.get(0) + 5, int.class)
                .middleware(invocation -> {
                    ran.add("before " + invocation.arguments());
                    Object result = invocation.proceed();
                    ran.add(result);
                    return result;
                })
                .start()) {
            engine.client().with(onTest()).performAsync(JobCall.of("add-five", 5));
            assertThat(Eventually.next(ran)).isEqualTo("before [5]");
            assertThat(Eventually.next(ran)).isEqualTo(10);
        }
    }

    @Test
    @DisplayName("retry-test")
    void aFailingJobIsRetriedOnItsRetryQueueByAnotherWorkerWhileTheFirstIsStopped() {
        AtomicInteger runs = new AtomicInteger();
        TestEngine.Builder[] builders = {engine("test"), TestEngine.on(broker.connect())};
        for (TestEngine.Builder builder : builders) {
            builder.job(
                    "fail-twice",
                    JobOptions.builder()
                            .maxRetries(2)
                            .retryQueue("test-retry")
                            .retryDelay(RetryDelay.fixed(Duration.ofSeconds(1)))
                            .build(),
                    java.util.List.of(),
                    arguments -> {
                        switch (runs.incrementAndGet()) {
                            case 1 -> throw new ArithmeticException("/ by zero");
                            case 2 -> throw new IllegalStateException("still not");
                            default -> ran.add(arguments.get(0));
                        }
                        return null;
                    },
                    String.class);
        }
        try (TestEngine retrying = builders[1]
                .clock(clock)
                .queues("test-retry")
                .failureHandler(teller)
                .start()) {
            try (TestEngine first = builders[0].start()) {
                first.client().with(onTest()).performAsync(JobCall.of("fail-twice", "the argument"));
                Told error = Eventually.next(told);
                assertThat(error.what()).isEqualTo("error");
                assertThat(error.queue()).isEqualTo("test");
                assertThat(error.attempt()).isEqualTo(1);
                assertThat(error.retriesLeft()).isEqualTo(2);
                assertThat(error.failure()).isInstanceOf(ArithmeticException.class);
                Eventually.until(
                        "the retry waits", () -> retrying.stats("test-retry").scheduled() == 1);
            }
            advance(Duration.ofSeconds(1));
            Told again = Eventually.next(told);
            assertThat(again.what()).isEqualTo("error");
            assertThat(again.queue()).isEqualTo("test-retry");
            assertThat(again.attempt()).isEqualTo(2);
            assertThat(again.failure())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("still not");
            Eventually.until(
                    "the retry waits", () -> retrying.stats("test-retry").scheduled() == 1);

            advance(Duration.ofSeconds(1));
            assertThat(Eventually.next(ran)).isEqualTo("the argument");
            retrying.drained("test", "test-retry");
            assertThat(runs).hasValue(3);
            assertThat(told).isEmpty();
        }
    }

    @Test
    @DisplayName("death-test")
    void aJobThatFailsInItsLastRetryRanOnceMoreThanItsRetriesAndIsBuried() {
        try (TestEngine engine = engine("test")
                .job(
                        "die",
                        JobOptions.builder()
                                .maxRetries(1)
                                .retryDelay(RetryDelay.fixed(Duration.ZERO))
                                .build(),
                        java.util.List.of(),
                        arguments -> {
                            ran.add("run");
                            throw new ArithmeticException("/ by zero");
                        })
                .start()) {
            JobId id = engine.client().with(onTest()).performAsync(JobCall.of("die"));
            Told error = Eventually.next(told);
            Told death = Eventually.next(told);
            Eventually.until("the job is dead", () -> engine.stats("test").dead() == 1);

            assertThat(ran).containsExactly("run", "run");
            assertThat(error.what()).isEqualTo("error");
            assertThat(death.what()).isEqualTo("death");
            assertThat(death.attempt()).isEqualTo(2);
            assertThat(death.retriesLeft()).isZero();
            assertThat(death.failure()).isInstanceOf(ArithmeticException.class);
            var failures = broker.find("test", id).orElseThrow().job().state().failures();
            assertThat(failures.diedAt()).isEqualTo(clock.instant());
            assertThat(failures.last().type()).isEqualTo("java.lang.ArithmeticException");
            assertThat(failures.last().message()).isEqualTo("/ by zero");
            assertThat(failures.last().stack()).contains("ScenariosTest");
        }
    }

    @Test
    @DisplayName("orphan-job-recovery-test")
    void aJobWhoseWorkerDiedRunsOnAnother() {
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        MemoryBroker dying = broker.connect();
        try (TestEngine doomed = TestEngine.on(dying)
                .clock(clock)
                .grace(Duration.ZERO)
                .queues("test")
                .job(
                        "note",
                        arguments -> {
                            started.countDown();
                            Eventually.awaitStubbornly(end);
                            return null;
                        },
                        String.class)
                .start()) {
            doomed.client().with(onTest()).performAsync(JobCall.of("note", "orphan"));
            Eventually.await(started);
            dying.close(); // as if the process had died: no beat, no settle, no orderly end

            FaultyBroker watched = new FaultyBroker(broker);
            try (TestEngine rescuer = TestEngine.on(watched)
                    .clock(clock)
                    .queues("test")
                    .job("note", arguments -> ran.add(arguments.get(0)), String.class)
                    .start()) {
                Eventually.until("the rescuer beats", () -> watched.count(Call.SWEEP) > 0);
                assertThat(rescuer.stats("test").running())
                        .as("alive for all it knows")
                        .isEqualTo(1);
                clock.advance(Duration.ofSeconds(31));
                int sweeps = watched.count(Call.SWEEP);
                Eventually.until("it beats again", () -> watched.count(Call.SWEEP) > sweeps + 1);
                clock.advance(Duration.ofSeconds(5));
                assertThat(Eventually.next(ran)).isEqualTo("orphan");
                rescuer.drained("test");
            }
        }
        end.countDown();
    }

    @Test
    @DisplayName("Gap 6.10: 2+ schedulers, concurrent promotion: every due job exactly once")
    void dueJobsThatTwoWorkersPromoteRunOnceEach() {
        int jobs = Integer.getInteger("goose.test.due-jobs", 10_000);
        java.util.Map<Object, Integer> times = new java.util.concurrent.ConcurrentHashMap<>();
        java.util.function.Supplier<TestEngine> worker = () -> TestEngine.on(broker.connect())
                .clock(clock)
                .queues("test")
                .threads(4)
                .job("count", arguments -> times.merge(arguments.get(0), 1, Integer::sum), int.class)
                .start();
        try (TestEngine client = engine("test").clientOnly().build()) {
            for (int i = 0; i < jobs; i++) {
                client.client().with(onTest()).performIn(Duration.ofMillis(1 + i % 500), JobCall.of("count", i));
            }
            assertThat(client.stats("test").scheduled()).isEqualTo(jobs);
            try (TestEngine one = worker.get();
                    TestEngine two = worker.get()) {
                for (int i = 0; i < 10; i++) { // in several strokes, so that both are at it
                    advance(Duration.ofMillis(50));
                }
                one.drained("test");
                assertThat(times).hasSize(jobs);
                assertThat(times.values()).containsOnly(1);
                assertThat(one.status().stale() + two.status().stale()).isZero();
            }
        }
    }
}
