package io.goose.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.goose.JobCall;
import io.goose.JobOptions;
import io.goose.JobRun;
import io.goose.RetryDelay;
import io.goose.admin.Place;
import io.goose.broker.memory.MemoryBroker;
import io.goose.engine.handler.JobDefinition;
import io.goose.job.JobId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What a job sees of its run, and what it cannot do to its thread. */
@Timeout(180)
class RunTest {

    private final ManualClock clock = new ManualClock();
    private final MemoryBroker broker = MemoryBroker.withClock(clock);
    private final BlockingQueue<Object> seen = new LinkedBlockingQueue<>();
    private LogCapture log;

    @BeforeEach
    void listen() {
        log = LogCapture.open();
    }

    @AfterEach
    void stopListening() {
        log.close();
    }

    private record Values(
            JobId id,
            String handler,
            int attempt,
            int retriesLeft,
            String queue,
            Object enqueuedAt,
            Object runAt,
            Object deadline,
            List<String> tags,
            Map<String, String> headers,
            boolean lost,
            boolean cancelled) {
        private static Values of(JobRun run) {
            return new Values(
                    run.id(),
                    run.handler(),
                    run.attempt(),
                    run.retriesLeft(),
                    run.queue(),
                    run.enqueuedAt(),
                    run.runAt().orElse(null),
                    run.deadline().orElse(null),
                    run.tags(),
                    run.headers(),
                    run.isLost(),
                    run.isCancelled());
        }
    }

    @Test
    void theCurrentRunTellsTheJobAboutItself() {
        AtomicReference<JobRun> current = new AtomicReference<>();
        List<Long> tokens = new ArrayList<>();
        try (TestEngine engine = TestEngine.on(broker)
                .clock(clock)
                .queues("mail")
                .job("see", arguments -> {
                    tokens.add(current.get().token());
                    seen.add(Values.of(current.get())); // last: who sees it may look at the token
                    if (current.get().attempt() == 1) {
                        throw new IllegalStateException("again");
                    }
                    return null;
                })
                .build()) {
            current.set(engine.engine().currentRun());
            JobId id = engine.client()
                    .with(JobOptions.builder()
                            .queue("mail")
                            .maxRetries(3)
                            .retryDelay(RetryDelay.fixed(Duration.ZERO))
                            .tags("a", "b")
                            .header("trace", "42")
                            .build())
                    .performAt(clock.instant(), JobCall.of("see"));
            engine.start();

            Values first = (Values) Eventually.next(seen);
            Values second = (Values) Eventually.next(seen);
            assertThat(first)
                    .isEqualTo(new Values(
                            id,
                            "see",
                            1,
                            3,
                            "mail",
                            clock.instant(),
                            clock.instant(),
                            null,
                            List.of("a", "b"),
                            Map.of("trace", "42"),
                            false,
                            false));
            assertThat(second.attempt()).isEqualTo(2);
            assertThat(second.retriesLeft()).isEqualTo(2);
            assertThat(second.id()).isEqualTo(id);
            assertThat(tokens.get(1)).isGreaterThan(tokens.get(0));
        }
    }

    @Test
    void outsideAJobTheCurrentRunSaysSo() {
        try (TestEngine engine = TestEngine.on(broker).build()) {
            JobRun run = engine.engine().currentRun();
            assertThatThrownBy(run::id)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("GOOSE-4101");
            assertThatThrownBy(run::attempt).isInstanceOf(IllegalStateException.class);
            assertThat(engine.engine().takeInvocation("any")).isFalse();
        }
    }

    @Test
    @DisplayName("Container rule 3: only the engine's own invocation, once, runs the body of an @AsyncJob")
    void theTokenOfAnInvocationCanBeTakenOnceAndByItsOwnHandlerOnly() {
        AtomicReference<Engine> engine = new AtomicReference<>();
        try (TestEngine running = TestEngine.on(broker)
                .job("take", arguments -> {
                    seen.add(engine.get().takeInvocation("other"));
                    seen.add(engine.get().takeInvocation("take"));
                    seen.add(engine.get().takeInvocation("take"));
                    return null;
                })
                .build()) {
            engine.set(running.engine());
            running.start();
            running.client().performAsync(JobCall.of("take"));

            assertThat(List.of(Eventually.next(seen), Eventually.next(seen), Eventually.next(seen)))
                    .containsExactly(false, true, false);
        }
    }

    @Test
    void anInvocationUnderAFormerNameIsTheEnginesOwnToo() {
        AtomicReference<Engine> engine = new AtomicReference<>();
        JobDefinition renamed = new JobDefinition(
                "new-name",
                Set.of("old-name"),
                Set.of(),
                List.of(),
                new JobDefinition.Settings(
                        JobOptions.NONE,
                        List.of(),
                        false,
                        arguments -> {
                            seen.add(engine.get().currentRun().handler());
                            return seen.add(engine.get().takeInvocation("new-name"));
                        },
                        "a renamed job"));
        MemoryBroker other = broker.connect();
        try (TestEngine producer = TestEngine.on(other).clientOnly().build();
                TestEngine running = TestEngine.on(broker).job(renamed).build()) {
            engine.set(running.engine());
            producer.client().performAsync(JobCall.of("old-name"));
            running.start();

            assertThat(Eventually.next(seen)).isEqualTo("new-name");
            assertThat(Eventually.next(seen)).isEqualTo(true);
        }
    }

    @SuppressWarnings("InfiniteRecursion")
    private static int overflow(int depth) {
        return overflow(depth + 1) + 1;
    }

    private interface Body {
        void run() throws Throwable;
    }

    static Stream<Arguments> misbehaviours() {
        return Stream.of(
                Arguments.of("an Error", (Body) () -> {
                    throw new Error("bad");
                }),
                Arguments.of("an AssertionError", (Body) () -> {
                    throw new AssertionError("not so");
                }),
                Arguments.of("a NoClassDefFoundError", (Body) () -> {
                    throw new NoClassDefFoundError("com/acme/Gone");
                }),
                Arguments.of("a stack overflow", (Body) () -> overflow(0)),
                Arguments.of("an OutOfMemoryError", (Body) () -> {
                    throw new OutOfMemoryError("by hand");
                }),
                Arguments.of("an InterruptedException of nobody", (Body) () -> {
                    throw new InterruptedException("says who?");
                }),
                Arguments.of("a failure and the interrupt flag", (Body) () -> {
                    Thread.currentThread().interrupt();
                    throw new IllegalStateException("and the flag is set");
                }),
                Arguments.of("an exception without a readable message", (Body) () -> {
                    throw new Unreadable();
                }));
    }

    private static final class Unreadable extends RuntimeException {
        @Override
        public String getMessage() {
            throw new NoClassDefFoundError("com/acme/Messages");
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("misbehaviours")
    @DisplayName("Gap 6.10, R4: a job that throws any Throwable is buried and its thread survives")
    void whateverAJobThrowsIsItsOwnFailureAndCostsNoThread(String what, Body body) {
        AtomicInteger good = new AtomicInteger();
        try (TestEngine engine = TestEngine.on(broker)
                .clock(clock)
                .threads(3)
                .retryMax(0)
                .job("bad", arguments -> {
                    body.run();
                    return null;
                })
                .job("good", arguments -> good.incrementAndGet())
                .start()) {
            List<JobCall> calls = new ArrayList<>();
            for (int i = 0; i < 30; i++) {
                calls.add(JobCall.of(i % 2 == 0 ? "bad" : "good"));
            }
            engine.client().performAll(calls);
            engine.drained("default");

            assertThat(good).hasValue(15);
            assertThat(engine.stats("default").dead()).isEqualTo(15);
            assertThat(engine.threads().alive()).as("threads").hasSize(3 + 4);
            assertThat(engine.threads().all()).as("none was replaced").hasSize(3 + 4);
            assertThat(engine.status().deadLoops()).isEmpty();
        }
    }

    @Test
    void aJobThatSwallowsInterruptsAndLeavesTheFlagDoesNotHarmTheNextOne() {
        try (TestEngine engine = TestEngine.on(broker)
                .threads(1)
                .job("flag", arguments -> {
                    Thread.currentThread().interrupt();
                    return null;
                })
                .job("see", arguments -> seen.add(Thread.currentThread().isInterrupted()))
                .start()) {
            for (int i = 0; i < 20; i++) {
                engine.client().performAsync(JobCall.of("flag"));
                engine.client().performAsync(JobCall.of("see"));
            }
            engine.drained("default");
            assertThat(seen).hasSize(20).containsOnly(false);
            assertThat(engine.stats("default").dead()).isZero();
        }
    }

    @Test
    void aJobThatNeverReturnsTakesItsOwnSlotOnly() {
        CountDownLatch stuck = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        AtomicInteger good = new AtomicInteger();
        try (TestEngine engine = TestEngine.on(broker)
                .threads(2)
                .job("never", arguments -> {
                    stuck.countDown();
                    Eventually.awaitStubbornly(never);
                    return null;
                })
                .job("good", arguments -> good.incrementAndGet())
                .start()) {
            engine.client().performAsync(JobCall.of("never"));
            Eventually.await(stuck);
            for (int i = 0; i < 300; i++) {
                engine.client().performAsync(JobCall.of("good"));
            }
            Eventually.until("the others ran", () -> good.get() == 300);
            Eventually.until("only one is left", () -> engine.stats("default").running() == 1);
            never.countDown();
            engine.drained("default");
        }
    }

    @Test
    @DisplayName("R17: what fails in the bookkeeping around a job spends no attempt")
    void aJobWhoseBookkeepingFailsIsReleasedAndRunsAgainWithoutAnAttempt() {
        AtomicBoolean broken = new AtomicBoolean(true);
        InstantSource failing = () -> {
            if (Thread.currentThread().getName().contains("-job-") && broken.getAndSet(false)) {
                throw new IllegalStateException("no time");
            }
            return Instant.now();
        };
        MemoryBroker storage = MemoryBroker.withClock(InstantSource.system());
        try (TestEngine engine = TestEngine.on(storage)
                .clock(failing)
                .retryMax(1)
                .job("fail", arguments -> {
                    seen.add("ran");
                    throw new IllegalStateException("the job's own");
                })
                .start()) {
            JobId id = engine.client()
                    .with(options -> options.retryDelay(RetryDelay.fixed(Duration.ZERO)))
                    .performAsync(JobCall.of("fail"));
            Eventually.until("it is dead", () -> engine.stats("default").dead() == 1);
            assertThat(seen)
                    .as("one run that nobody could book, and two attempts")
                    .hasSize(3);
            assertThat(storage.find("default", id).orElseThrow().job().state().attempt())
                    .isEqualTo(2);
            assertThat(log.messages())
                    .filteredOn(message -> message.contains("GOOSE-4008"))
                    .singleElement()
                    .asString()
                    .startsWith("SEVERE")
                    .contains(id.value());
        }
    }

    @Test
    @DisplayName("range-in-sorted-set: an offset or limit out of range is refused, one beyond the end is empty")
    void aListingOutOfRangeIsRefused() {
        try (TestEngine engine = TestEngine.on(broker)
                .clock(clock)
                .job("good", arguments -> null)
                .build()) {
            engine.client().performAsync(JobCall.of("good"));
            var admin = engine.engine().admin("main");
            for (int[] range : new int[][] {{-1, 1}, {Integer.MIN_VALUE, 1}, {0, 0}, {0, -1}, {0, 1_001}}) {
                assertThatThrownBy(() -> admin.list("default", Place.WAITING, range[0], range[1]))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageStartingWith("GOOSE-1020: offset=" + range[0] + ", limit=" + range[1]);
            }
            assertThat(admin.list("default", Place.WAITING, 0, 1_000)).hasSize(1);
            assertThat(admin.list("default", Place.WAITING, Integer.MAX_VALUE, 1_000))
                    .isEmpty();
        }
    }

    @Test
    @DisplayName("R5: a lost lease interrupts the run, writes no outcome, and the job runs elsewhere")
    void aRunWhoseLeaseIsLostIsInterruptedAndSaysNothing() {
        FaultyBroker cutOff = new FaultyBroker(broker);
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        AtomicReference<JobRun> current = new AtomicReference<>();
        try (TestEngine victim = TestEngine.on(cutOff)
                .clock(clock)
                .retryMax(0)
                .job("work", arguments -> {
                    started.countDown();
                    try {
                        never.await();
                    } catch (InterruptedException lost) {
                        seen.add("lost=" + current.get().isLost() + " cancelled="
                                + current.get().isCancelled());
                        throw lost;
                    }
                    return null;
                })
                .start()) {
            current.set(victim.engine().currentRun());
            victim.client().performAsync(JobCall.of("work"));
            Eventually.await(started);
            AtomicInteger failing = new AtomicInteger(1);
            cutOff.before(FaultyBroker.Call.RENEW, () -> {
                if (failing.get() > 0) {
                    throw new io.goose.BrokerUnavailableException("cut off", null);
                }
            });
            int settles = cutOff.count(FaultyBroker.Call.SETTLE);

            FaultyBroker healthy = new FaultyBroker(broker.connect());
            try (TestEngine other = TestEngine.on(healthy)
                    .clock(clock)
                    .job("work", arguments -> seen.add("elsewhere"))
                    .start()) {
                Eventually.until("the other beats", () -> healthy.count(FaultyBroker.Call.SWEEP) > 0);
                // The dispatcher's claims prolong the victim's standing too, so cut it off altogether.
                cutOff.before(FaultyBroker.Call.LEASE, () -> {
                    if (failing.get() > 0) {
                        throw new io.goose.BrokerUnavailableException("cut off", null);
                    }
                });
                Eventually.until("both fail", () -> cutOff.count(FaultyBroker.Call.RENEW) > 2);
                clock.advance(Duration.ofSeconds(31));
                int sweeps = healthy.count(FaultyBroker.Call.SWEEP);
                Eventually.until("the other beats again", () -> healthy.count(FaultyBroker.Call.SWEEP) > sweeps + 1);
                clock.advance(Duration.ofSeconds(31));
                assertThat(Eventually.next(seen)).isEqualTo("elsewhere");

                failing.set(0);
                assertThat(Eventually.next(seen)).isEqualTo("lost=true cancelled=true");
                Eventually.until("the lost run has ended", () -> victim.status().outstanding() == 0);
                Eventually.until("it is said", () -> log.count("GOOSE-4005") > 0);
                assertThat(cutOff.count(FaultyBroker.Call.SETTLE)).isEqualTo(settles);
                assertThat(victim.status().stale()).isZero();
                other.drained("default");
                assertThat(other.stats("default").dead()).isZero();
                assertThat(log.messages())
                        .filteredOn(message -> message.contains("GOOSE-4005"))
                        .singleElement()
                        .asString()
                        .contains("1 leases", "1 of their jobs were running");
            }
        }
    }
}
