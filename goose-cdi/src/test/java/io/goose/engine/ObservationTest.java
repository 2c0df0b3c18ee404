package io.goose.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.goose.BatchOptions;
import io.goose.BrokerUnavailableException;
import io.goose.Discard;
import io.goose.EnqueueRejectedException;
import io.goose.JobCall;
import io.goose.Snooze;
import io.goose.broker.memory.MemoryBroker;
import io.goose.engine.FaultyBroker.Call;
import io.goose.engine.observe.Claimed;
import io.goose.engine.observe.Ending;
import io.goose.engine.observe.EngineObserver;
import io.goose.engine.observe.Enqueuing;
import io.goose.engine.observe.Latency;
import io.goose.engine.observe.NotEnqueued;
import io.goose.engine.observe.NotRun;
import io.goose.engine.observe.RunBegin;
import io.goose.engine.observe.RunEnd;
import io.goose.engine.observe.Settled;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What observers are told, and that they are told apart from jobs. */
@Timeout(180)
class ObservationTest {

    private final ManualClock clock = new ManualClock();
    private final FaultyBroker broker = new FaultyBroker(MemoryBroker.withClock(clock));
    private final Seen seen = new Seen();

    /** Keeps what it is told. */
    private static final class Seen implements EngineObserver {
        private final List<Enqueuing> enqueued = new CopyOnWriteArrayList<>();
        private final List<NotEnqueued> notEnqueued = new CopyOnWriteArrayList<>();
        private final List<RunBegin> begun = new CopyOnWriteArrayList<>();
        private final List<RunEnd> ended = new CopyOnWriteArrayList<>();
        private final List<NotRun> notRun = new CopyOnWriteArrayList<>();
        private final List<Claimed> claims = new CopyOnWriteArrayList<>();
        private final List<Settled> settled = new CopyOnWriteArrayList<>();
        private final List<String> reach = new CopyOnWriteArrayList<>();
        private final AtomicInteger beats = new AtomicInteger();

        @Override
        public void enqueued(Enqueuing enqueuing) {
            enqueued.add(enqueuing);
        }

        @Override
        public void notEnqueued(NotEnqueued failure) {
            notEnqueued.add(failure);
        }

        @Override
        public void runBegan(RunBegin run) {
            begun.add(run);
        }

        @Override
        public void runEnded(RunEnd run) {
            ended.add(run);
        }

        @Override
        public void notRun(NotRun job) {
            notRun.add(job);
        }

        @Override
        public void claimed(Claimed claim) {
            claims.add(claim);
        }

        @Override
        public void settled(Settled batch) {
            settled.add(batch);
        }

        @Override
        public void beat(String of, Duration took) {
            beats.incrementAndGet();
        }

        @Override
        public void brokerLost(String of, Throwable cause) {
            reach.add("lost " + of);
        }

        @Override
        public void brokerRegained(String of, Duration after) {
            reach.add("regained " + of);
        }
    }

    private TestEngine.Builder engine() {
        return GoodAndBad.on(broker, clock).observer(seen);
    }

    @Test
    void aJobThatRunsIsToldFromItsEnqueuingToItsSettling() {
        try (TestEngine engine = engine().start()) {
            engine.client().performAsync(JobCall.of("good"));
            engine.drained("default");
            Eventually.until("settled", () -> !seen.settled.isEmpty());
            Eventually.until("it has beaten", () -> seen.beats.get() > 0);
        }

        assertThat(seen.enqueued).singleElement().satisfies(told -> {
            assertThat(told.broker()).isEqualTo("main");
            assertThat(told.jobs()).extracting(Enqueuing::handler).containsExactly("good");
        });
        assertThat(seen.begun).singleElement().satisfies(run -> {
            assertThat(run.latency().kind()).isEqualTo(Latency.Kind.ASYNC);
            assertThat(run.latency().time()).isEqualTo(Duration.ZERO);
            assertThat(run.run().handler()).isEqualTo("good");
        });
        assertThat(seen.ended).singleElement().satisfies(end -> {
            assertThat(end.begin()).isSameAs(seen.begun.get(0));
            assertThat(end.ending()).isEqualTo(Ending.DONE);
            assertThat(end.failure()).isNull();
        });
        assertThat(seen.settled).singleElement().satisfies(batch -> {
            assertThat(batch.outcomes()).isEqualTo(1);
            assertThat(batch.stale()).isZero();
        });
        assertThat(seen.claims)
                .anyMatch(claim -> claim.jobs() == 1 && claim.queue().equals("default"));
        assertThat(seen.reach).isEmpty();
    }

    @Test
    void whatComesOfARunIsTold() {
        try (TestEngine engine = engine().job("later", a -> {
                    throw new Snooze(Duration.ofHours(1));
                })
                .job("needless", a -> {
                    throw new Discard("gone");
                })
                .start()) {
            engine.client().performAsync(JobCall.of("bad"));
            engine.client().with(o -> o.maxRetries(0)).performAsync(JobCall.of("bad"));
            engine.client().with(o -> o.maxRetries(0).skipDead(true)).performAsync(JobCall.of("bad"));
            engine.client().performAsync(JobCall.of("later"));
            engine.client().performAsync(JobCall.of("needless"));
            engine.client().performAsync(JobCall.of("foreign"));
            Eventually.until("all have ended", () -> seen.ended.size() == 5 && !seen.notRun.isEmpty());
        }

        assertThat(seen.ended)
                .extracting(RunEnd::ending)
                .containsExactlyInAnyOrder(Ending.RETRY, Ending.DEAD, Ending.DEAD, Ending.SNOOZED, Ending.DONE);
        assertThat(seen.ended).filteredOn(end -> end.ending().isFailure()).allSatisfy(end -> assertThat(end.failure())
                .isInstanceOf(IllegalStateException.class));
        assertThat(seen.notRun).allSatisfy(job -> {
            assertThat(job.handler()).isEqualTo("foreign");
            assertThat(job.ending()).isEqualTo(Ending.RELEASED);
        });
    }

    @Test
    void aRunKnowsWhatItIsLateFor() {
        try (TestEngine engine = engine().start()) {
            engine.client().performIn(Duration.ofMinutes(1), JobCall.of("good"));
            clock.advance(Duration.ofMinutes(3));
            Eventually.until("it has run", () -> seen.ended.size() == 1);
        }

        assertThat(seen.begun.get(0).latency()).isEqualTo(new Latency(Latency.Kind.SCHEDULED, Duration.ofMinutes(2)));
    }

    @Test
    void membersOfBatchesAndManyJobsAreEnqueuedToo() {
        try (TestEngine engine = engine().clientOnly().build()) {
            engine.client().performAll(List.of(JobCall.of("good"), JobCall.of("good")));
            engine.client()
                    .performBatch(
                            BatchOptions.builder().build(),
                            List.of(JobCall.of("good"), JobCall.of("bad"), JobCall.of("bad")));
        }

        assertThat(seen.enqueued).extracting(told -> told.jobs().size()).containsExactly(2, 3);
    }

    @Test
    void aJobThatIsNotEnqueuedIsTold() {
        try (TestEngine engine = engine().clientOnly().maxJobSize(100).build()) {
            assertThatThrownBy(() -> engine.client().performAsync(JobCall.of("good", "x".repeat(100))))
                    .isInstanceOf(EnqueueRejectedException.class);
        }

        assertThat(seen.enqueued).isEmpty();
        assertThat(seen.notEnqueued).containsExactly(new NotEnqueued("main", "good", NotEnqueued.Kind.REJECTED));
    }

    @Test
    void aBrokerIsLostAndRegainedOnce() {
        broker.before(Call.RENEW, () -> {
            throw new BrokerUnavailableException("GOOSE-3001: away", null);
        });
        try (TestEngine engine = engine().heartbeat(Duration.ofMillis(10)).start()) {
            Eventually.until("it beats in vain", () -> broker.count(Call.RENEW) > 3);
            assertThat(seen.reach).containsExactly("lost main");
            broker.heal(Call.RENEW);
            Eventually.until("it is regained", () -> seen.reach.size() > 1);
            assertThat(engine.status().running()).isTrue();
        }

        assertThat(seen.reach).containsExactly("lost main", "regained main");
    }

    @Test
    void anObserverThatThrowsTouchesNeitherJobsNorOtherObserversAndIsLoggedOnce() {
        EngineObserver broken = new EngineObserver() {
            @Override
            public void enqueued(Enqueuing enqueuing) {
                throw new IllegalStateException("observer");
            }

            @Override
            public void runBegan(RunBegin run) {
                throw new StackOverflowError("observer");
            }

            @Override
            public void runEnded(RunEnd run) {
                throw new IllegalStateException("observer");
            }

            @Override
            public void settled(Settled settled) {
                throw new IllegalStateException("observer");
            }

            @Override
            public void beat(String of, Duration took) {
                throw new IllegalStateException("observer");
            }
        };
        AtomicInteger runs = new AtomicInteger();
        try (LogCapture log = LogCapture.open();
                TestEngine engine = TestEngine.on(broker)
                        .clock(clock)
                        .observer(broken)
                        .observer(seen)
                        .job("counted", a -> runs.incrementAndGet())
                        .start()) {
            for (int i = 0; i < 20; i++) {
                engine.client().performAsync(JobCall.of("counted"));
            }
            engine.drained("default");
            Eventually.until("the other one has seen all", () -> seen.ended.size() == 20);

            assertThat(runs).hasValue(20);
            assertThat(seen.enqueued).hasSize(20);
            assertThat(seen.ended).allSatisfy(end -> assertThat(end.ending()).isEqualTo(Ending.DONE));
            assertThat(log.count("GOOSE-4150")).isEqualTo(1);
        }
    }
}
