package io.goose.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.Discard;
import io.goose.JobCall;
import io.goose.JobFailureHandler;
import io.goose.JobOptions;
import io.goose.JobRun;
import io.goose.RetryDelay;
import io.goose.RetryLater;
import io.goose.admin.Place;
import io.goose.broker.memory.MemoryBroker;
import io.goose.engine.run.JobScope;
import io.goose.job.JobId;
import jakarta.ejb.EJBException;
import java.lang.reflect.InvocationTargetException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What follows a failed run, whoever else fails beside it. */
@Timeout(180)
class FailureTest {

    private final ManualClock clock = new ManualClock();
    private final MemoryBroker broker = MemoryBroker.withClock(clock);
    private final AtomicInteger runs = new AtomicInteger();
    private final List<String> told = new CopyOnWriteArrayList<>();
    private LogCapture log;

    private final JobFailureHandler teller = new JobFailureHandler() {
        @Override
        public void onError(JobRun run, Throwable failure) {
            told.add("error " + failure.getClass().getSimpleName());
        }

        @Override
        public void onDeath(JobRun run, Throwable failure) {
            told.add("death " + failure.getClass().getSimpleName());
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

    private TestEngine.Builder engine() {
        return TestEngine.on(broker).clock(clock);
    }

    private TestEngine.Builder failing(JobOptions options, Throwable failure) {
        return engine().job("fail", options, List.of(), arguments -> {
            runs.incrementAndGet();
            throw failure;
        });
    }

    private static JobOptions retriedAfter(Duration delay) {
        return JobOptions.builder().retryDelay(RetryDelay.fixed(delay)).build();
    }

    private Duration delayOfTheRetry(TestEngine engine) {
        Eventually.until("the retry is scheduled", () -> engine.stats("default").scheduled() == 1);
        var state = broker.list("default", Place.SCHEDULED, 0, 1).get(0).job().state();
        assertThat(state.attempt()).isEqualTo(2);
        return Duration.between(clock.instant(), state.notBefore());
    }

    private static <T extends Throwable> void sneak(Throwable any) throws T {
        @SuppressWarnings("unchecked")
        T asUnchecked = (T) any;
        throw asUnchecked;
    }

    static Stream<Arguments> failures() {
        return Stream.of(
                Arguments.of(new IllegalStateException("handler")),
                Arguments.of(new AssertionError("handler")),
                Arguments.of(new StackOverflowError()),
                Arguments.of(new java.io.IOException("sneaked")));
    }

    @ParameterizedTest
    @MethodSource("failures")
    @DisplayName("R16: a failure handler that throws never changes a job's fate")
    void aFailureHandlerThatThrowsChangesNothingAndTheNextIsStillTold(Throwable broken) {
        JobFailureHandler failing = new JobFailureHandler() {
            @Override
            public void onError(JobRun run, Throwable failure) {
                FailureTest.<RuntimeException>sneak(broken);
            }

            @Override
            public void onDeath(JobRun run, Throwable failure) {
                FailureTest.<RuntimeException>sneak(broken);
            }
        };
        try (TestEngine engine = failing(retriedAfter(Duration.ZERO), new ArithmeticException())
                .retryMax(1)
                .failureHandler(failing)
                .failureHandler(teller)
                .start()) {
            engine.client().performAsync(JobCall.of("fail"));
            engine.drained("default");

            assertThat(runs).hasValue(2);
            assertThat(engine.stats("default").dead()).isEqualTo(1);
            assertThat(told).containsExactly("error ArithmeticException", "death ArithmeticException");
            assertThat(log.count("GOOSE-4106")).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @MethodSource("failures")
    @DisplayName("R16: a custom delay that throws: the standard delay, the transition is not lost")
    void aCustomDelayThatThrowsGivesWayToTheStandardDelay(Throwable broken) {
        JobOptions options =
                JobOptions.builder().retryDelay(RetryDelay.named("mine")).build();
        try (TestEngine engine = failing(options, new ArithmeticException())
                .delay("mine", (retryCount, failure) -> {
                    FailureTest.<RuntimeException>sneak(broken);
                    return Duration.ZERO;
                })
                .start()) {
            engine.client().performAsync(JobCall.of("fail"));
            assertThat(delayOfTheRetry(engine)).isBetween(Duration.ofSeconds(20), Duration.ofSeconds(39));
            assertThat(log.count("GOOSE-4201")).isEqualTo(1);
        }
    }

    @Test
    @DisplayName("R16: a custom delay that is missing, or answers nothing: the standard delay")
    void aCustomDelayThatIsMissingOrNullGivesWayToTheStandardDelay() {
        JobOptions missing =
                JobOptions.builder().retryDelay(RetryDelay.named("missing")).build();
        try (TestEngine engine = failing(missing, new ArithmeticException())
                .delay("null", (retryCount, failure) -> null)
                .start()) {
            JobId id = engine.client().performAsync(JobCall.of("fail"));
            assertThat(delayOfTheRetry(engine)).isBetween(Duration.ofSeconds(20), Duration.ofSeconds(39));
            broker.delete("default", id);

            engine.client().with(o -> o.retryDelay(RetryDelay.named("null"))).performAsync(JobCall.of("fail"));
            assertThat(delayOfTheRetry(engine)).isBetween(Duration.ofSeconds(20), Duration.ofSeconds(39));
        }
    }

    @Test
    void aCustomDelayIsAskedWithTheNumberOfRetriesMade() {
        JobOptions options =
                JobOptions.builder().retryDelay(RetryDelay.named("mine")).build();
        try (TestEngine engine = failing(options, new ArithmeticException())
                .delay("mine", (retryCount, failure) -> {
                    told.add(retryCount + " " + failure.getClass().getSimpleName());
                    return Duration.ofHours(7);
                })
                .start()) {
            engine.client().performAsync(JobCall.of("fail"));
            assertThat(delayOfTheRetry(engine)).isEqualTo(Duration.ofHours(7));
            assertThat(told).containsExactly("0 ArithmeticException");
        }
    }

    @Test
    void retryLaterChoosesItsDelayAndCountsAsAFailedAttempt() {
        try (TestEngine engine = failing(JobOptions.NONE, new RetryLater(Duration.ofMinutes(3)))
                .retryMax(1)
                .failureHandler(teller)
                .start()) {
            engine.client().performAsync(JobCall.of("fail"));
            assertThat(delayOfTheRetry(engine)).isEqualTo(Duration.ofMinutes(3));

            clock.advance(Duration.ofMinutes(3));
            broker.clockMoved();
            engine.drained("default");
            assertThat(engine.stats("default").dead()).isEqualTo(1);
            assertThat(told).containsExactly("error RetryLater", "death RetryLater");
        }
    }

    @Test
    void discardEndsTheJobWithoutRetryBurialOrHandlers() {
        try (TestEngine engine = failing(JobOptions.NONE, new EJBException(new Discard("not needed any more")))
                .failureHandler(teller)
                .start()) {
            engine.client().performAsync(JobCall.of("fail"));
            engine.drained("default");
            assertThat(runs).hasValue(1);
            assertThat(engine.stats("default").dead()).isZero();
            assertThat(told).isEmpty();
        }
    }

    static Stream<Arguments> notRetried() {
        Exception own = new java.io.FileNotFoundException("gone");
        return Stream.of(
                Arguments.of(own),
                Arguments.of(new InvocationTargetException(own)),
                Arguments.of(new EJBException(own)),
                Arguments.of(new EJBException(new EJBException(own))),
                Arguments.of(new java.util.concurrent.CompletionException(new InvocationTargetException(own))));
    }

    @ParameterizedTest
    @MethodSource("notRetried")
    void aFailureThatIsNotRetriedBuriesTheJobAtOnceAlsoBehindWrappers(Throwable thrown) {
        try (TestEngine engine = engine().job(
                        "fail", JobOptions.NONE, List.of(java.io.IOException.class), arguments -> {
                            runs.incrementAndGet();
                            throw thrown;
                        })
                .failureHandler(teller)
                .start()) {
            JobId id = engine.client().performAsync(JobCall.of("fail"));
            engine.drained("default");
            assertThat(runs).hasValue(1);
            assertThat(told).containsExactly("death FileNotFoundException");
            assertThat(broker.find("default", id)
                            .orElseThrow()
                            .job()
                            .state()
                            .failures()
                            .last()
                            .type())
                    .isEqualTo("java.io.FileNotFoundException");
        }
    }

    @Test
    void aJobThatSkipsTheDeadIsDroppedAfterItsDeathWasTold() {
        try (TestEngine engine = failing(
                        JobOptions.builder().skipDead(true).maxRetries(0).build(), new ArithmeticException())
                .failureHandler(teller)
                .start()) {
            JobId id = engine.client().performAsync(JobCall.of("fail"));
            engine.drained("default");
            assertThat(told).containsExactly("death ArithmeticException");
            assertThat(engine.stats("default").dead()).isZero();
            assertThat(broker.find("default", id)).isEmpty();
        }
    }

    @Test
    void aReplayedJobHasAllItsRetriesAgain() {
        try (TestEngine engine = failing(retriedAfter(Duration.ZERO), new ArithmeticException())
                .retryMax(2)
                .start()) {
            JobId id = engine.client().performAsync(JobCall.of("fail"));
            Eventually.until("it is dead", () -> engine.stats("default").dead() == 1);
            assertThat(runs).hasValue(3);

            assertThat(engine.engine().admin("main").replay(id)).isTrue();
            Eventually.until("it ran three times more", () -> runs.get() == 6);
            Eventually.until("it is dead", () -> engine.stats("default").dead() == 1);
        }
    }

    @Test
    void whatAMiddlewareThrowsIsTheJobsFailure() {
        try (TestEngine engine = engine().retryMax(0)
                .job("good", arguments -> runs.incrementAndGet())
                .middleware(invocation -> {
                    throw new SecurityException("not today");
                })
                .failureHandler(teller)
                .start()) {
            engine.client().performAsync(JobCall.of("good"));
            engine.drained("default");
            assertThat(runs).hasValue(0);
            assertThat(told).containsExactly("death SecurityException");
            assertThat(engine.stats("default").dead()).isEqualTo(1);
        }
    }

    @Test
    void middlewaresAreInOrderAndSeeTheUnwrappedFailure() {
        try (TestEngine engine = failing(
                        JobOptions.builder().maxRetries(0).build(),
                        new InvocationTargetException(new ArithmeticException()))
                .middleware(invocation -> {
                    told.add("outer in");
                    try {
                        return invocation.proceed();
                    } finally {
                        told.add("outer out");
                    }
                })
                .middleware(invocation -> {
                    told.add("inner in");
                    try {
                        return invocation.proceed();
                    } catch (ArithmeticException failure) {
                        told.add("inner sees it");
                        return "mended";
                    }
                })
                .start()) {
            engine.client().performAsync(JobCall.of("fail"));
            engine.drained("default");
            assertThat(told).containsExactly("outer in", "inner in", "inner sees it", "outer out");
            assertThat(engine.stats("default").dead()).isZero();
        }
    }

    @Test
    void argumentsThatDoNotFitAreTheJobsFailure() {
        try (TestEngine client = TestEngine.on(broker.connect()).clientOnly().build();
                TestEngine engine = engine().retryMax(0)
                        .job("number", arguments -> runs.incrementAndGet(), int.class)
                        .start()) {
            client.client().with(o -> o.maxRetries(0)).performAsync(JobCall.of("number", "a text"));
            engine.drained("default");
            assertThat(runs).hasValue(0);
            assertThat(engine.stats("default").dead()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @MethodSource("failures")
    @DisplayName("R17: what fails after a successful run never runs the job again")
    void aScopeThatCannotBeClosedDoesNotChangeTheOutcome(Throwable broken) {
        try (TestEngine engine = engine().scope(() -> () -> FailureTest.<RuntimeException>sneak(broken))
                .job("good", arguments -> runs.incrementAndGet())
                .start()) {
            engine.client().performAsync(JobCall.of("good"));
            engine.drained("default");
            assertThat(runs).hasValue(1);
            assertThat(engine.stats("default").dead()).isZero();
            assertThat(log.count("GOOSE-4107")).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @MethodSource("failures")
    void aScopeThatCannotBeOpenedReleasesTheJobForLongerEachTime(Throwable broken) {
        AtomicInteger left = new AtomicInteger(3);
        JobScope scope = () -> {
            if (left.getAndDecrement() > 0) {
                FailureTest.<RuntimeException>sneak(broken);
            }
            return () -> {};
        };
        List<Long> delays = new ArrayList<>();
        try (TestEngine engine = engine().scope(scope)
                .failureHandler(teller)
                .retryMax(0)
                .job("good", arguments -> runs.incrementAndGet())
                .start()) {
            engine.client().performAsync(JobCall.of("good"));
            for (int i = 1; i <= 3; i++) {
                int failures = i;
                Eventually.until(
                        "it is released",
                        () -> log.count("GOOSE-4008") == failures
                                && engine.stats("default").scheduled() == 1);
                var state = broker.list("default", Place.SCHEDULED, 0, 1)
                        .get(0)
                        .job()
                        .state();
                assertThat(state.attempt()).isEqualTo(1);
                Duration delay = Duration.between(clock.instant(), state.notBefore());
                delays.add(delay.toSeconds());
                clock.advance(delay);
                broker.clockMoved();
            }
            engine.drained("default");
            assertThat(delays).containsExactly(1L, 2L, 4L);
            assertThat(runs).hasValue(1);
            assertThat(told).as("it is not the job's failure").isEmpty();
            assertThat(engine.stats("default").dead()).isZero();
        }
    }

    @Test
    void aScopeIsOpenedAndClosedAroundMiddlewaresOnTheJobsThread() {
        BlockingQueue<String> order = new LinkedBlockingQueue<>();
        try (TestEngine engine = engine().threads(1)
                .scope(() -> {
                    order.add("open " + Thread.currentThread().getName());
                    return () -> order.add("close " + Thread.currentThread().getName());
                })
                .middleware(invocation -> {
                    order.add("middleware");
                    return invocation.proceed();
                })
                .job(
                        "good",
                        arguments -> order.add("job " + Thread.currentThread().getName()))
                .start()) {
            engine.client().performAsync(JobCall.of("good"));
            engine.drained("default");
            assertThat(order)
                    .containsExactly(
                            "open goose-main-job-1", "middleware", "job goose-main-job-1", "close goose-main-job-1");
        }
    }

    @Test
    void aMiddlewareThatProceedsTwiceFailsAndTheJobRanOnce() {
        try (TestEngine engine = engine().retryMax(0)
                .middleware(invocation -> {
                    invocation.proceed();
                    return invocation.proceed();
                })
                .job("good", arguments -> runs.incrementAndGet())
                .start()) {
            engine.client().performAsync(JobCall.of("good"));
            engine.drained("default");
            assertThat(runs).hasValue(1);
            assertThat(broker.list("default", Place.DEAD, 0, 1)).singleElement().satisfies(job -> assertThat(
                            job.job().state().failures().last().message())
                    .contains("GOOSE-4108"));
        }
    }

    static Stream<Arguments> hugeDelays() {
        Duration huge = Duration.ofSeconds(Long.MAX_VALUE);
        RetryLater later = new RetryLater(huge);
        IllegalStateException failure = new IllegalStateException("handler");
        return Stream.of(
                Arguments.of(RetryDelay.standard(), later),
                Arguments.of(RetryDelay.fixed(huge), failure),
                Arguments.of(RetryDelay.exponential(huge, 2.0, huge), failure),
                Arguments.of(RetryDelay.exponential(Duration.ofDays(10_000), 1.0, huge), failure),
                Arguments.of(RetryDelay.named("huge"), failure));
    }

    @ParameterizedTest
    @MethodSource("hugeDelays")
    void aDelayOfManyYearsIsTenOfThem(RetryDelay delay, Throwable failure) {
        try (TestEngine engine = failing(JobOptions.builder().retryDelay(delay).build(), failure)
                .delay("huge", (n, thrown) -> Duration.ofSeconds(Long.MAX_VALUE))
                .start()) {
            engine.client().performAsync(JobCall.of("fail"));
            assertThat(delayOfTheRetry(engine)).isEqualTo(Duration.ofDays(3650));
            assertThat(log.count("GOOSE-4201")).isZero();
        }
    }
}
