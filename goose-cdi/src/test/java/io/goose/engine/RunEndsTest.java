package io.goose.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.goose.JobCall;
import io.goose.JobExpiredException;
import io.goose.JobFailureHandler;
import io.goose.JobOptions;
import io.goose.JobRun;
import io.goose.JobTimeoutException;
import io.goose.RetryDelay;
import io.goose.Snooze;
import io.goose.UnsupportedCapabilityException;
import io.goose.admin.Place;
import io.goose.admin.StoredJob;
import io.goose.broker.memory.MemoryBroker;
import io.goose.engine.FaultyBroker.Call;
import io.goose.engine.handler.JobInvoker;
import io.goose.engine.run.RunLimits;
import io.goose.job.CancelResult;
import io.goose.job.JobId;
import io.goose.tck.BareTransport;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Runs that are ended before they end by themselves: by a timeout, a deadline or a cancellation; and snoozing. */
@Timeout(180)
class RunEndsTest {

    private static final Duration SHORT = Duration.ofMillis(30);
    private static final JobOptions RETRIED_AT_ONCE =
            JobOptions.builder().retryDelay(RetryDelay.fixed(Duration.ZERO)).build();

    private final ManualClock clock = new ManualClock();
    private final MemoryBroker broker = MemoryBroker.withClock(clock);
    private final AtomicInteger runs = new AtomicInteger();
    private final CountDownLatch never = new CountDownLatch(1);
    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
    private final BlockingQueue<Throwable> failures = new LinkedBlockingQueue<>();
    private final CountDownLatch begun = new CountDownLatch(1);
    private final AtomicReference<JobRun> current = new AtomicReference<>();
    private LogCapture log;

    private final JobFailureHandler teller = new JobFailureHandler() {
        @Override
        public void onError(JobRun run, Throwable failure) {
            failures.add(failure);
            told.add("error");
        }

        @Override
        public void onDeath(JobRun run, Throwable failure) {
            failures.add(failure);
            told.add("death");
        }

        @Override
        public void onExpired(JobRun run) {
            told.add("expired " + run.id());
        }

        @Override
        public void onCancelled(JobRun run) {
            told.add("cancelled " + run.id() + " " + run.isCancelled());
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

    private TestEngine.Builder engine(JobInvoker body) {
        return TestEngine.on(broker).clock(clock).failureHandler(teller).job("x", RETRIED_AT_ONCE, List.of(), body);
    }

    /** Blocks until it is interrupted. */
    private Object hang() throws InterruptedException {
        runs.incrementAndGet();
        begun.countDown();
        never.await();
        return null;
    }

    private StoredJob dead() {
        Eventually.until("the job is dead", () -> broker.stats("default").dead() == 1);
        return broker.list("default", Place.DEAD, 0, 1).get(0);
    }

    @Test
    void aRunThatTakesLongerThanItsTimeoutIsInterruptedAndRetried() {
        try (TestEngine engine =
                engine(arguments -> runs.get() == 0 ? hang() : null).start()) {
            engine.client().with(o -> o.timeout(SHORT)).performAsync(JobCall.of("x"));

            Throwable failure = Eventually.next(failures);
            assertThat(failure)
                    .isInstanceOf(JobTimeoutException.class)
                    .hasMessageStartingWith("GOOSE-4126")
                    .hasMessageContaining("PT0.03S")
                    .hasCauseInstanceOf(InterruptedException.class);
            assertThat(Eventually.next(told)).isEqualTo("error");
            engine.drained("default");
            assertThat(engine.threads().named("timers")).hasSize(1);
        }
    }

    @Test
    void aTimeoutOfTheConfigurationIsForJobsThatHaveNone() {
        AtomicReference<Object> limit = new AtomicReference<>();
        TestEngine.Builder builder = TestEngine.on(broker)
                .clock(clock)
                .failureHandler(teller)
                .limits(new RunLimits(SHORT, Duration.ZERO, Duration.ZERO))
                .job("x", JobOptions.NONE, List.of(JobTimeoutException.class), arguments -> hang())
                .job("patient", arguments -> {
                    limit.set(current.get().deadline().orElse(null));
                    return null;
                });
        try (TestEngine engine = builder.build()) {
            current.set(engine.engine().currentRun());
            engine.start();
            engine.client().with(o -> o.timeout(Duration.ofHours(1))).performAsync(JobCall.of("patient"));
            engine.drained("default");
            assertThat(limit.get()).isEqualTo(clock.instant().plus(Duration.ofHours(1)));

            engine.client().performAsync(JobCall.of("x"));

            assertThat(Eventually.next(told)).as("noRetryOn names the timeout").isEqualTo("death");
            assertThat(dead().job().state().failures().last().type()).isEqualTo(JobTimeoutException.class.getName());
            assertThat(runs.get()).isEqualTo(1);
        }
    }

    @Test
    void aJobThatReturnsInSpiteOfItsInterruptIsDone() {
        try (TestEngine engine = engine(arguments -> {
                    try {
                        hang();
                    } catch (InterruptedException goOn) {
                        runs.incrementAndGet();
                    }
                    return null;
                })
                .start()) {
            engine.client().with(o -> o.timeout(SHORT)).performAsync(JobCall.of("x"));
            Eventually.until("it has returned", () -> runs.get() == 2);
            engine.drained("default");
            assertThat(told).isEmpty();
        }
    }

    @Test
    void aJobThatIsNotBegunByItsDeadlineIsNeverRun() {
        try (TestEngine engine = engine(arguments -> hang()).build()) {
            JobId late = engine.client()
                    .with(o -> o.deadlineIn(Duration.ofMinutes(1)))
                    .performAsync(JobCall.of("x"));
            clock.advance(Duration.ofMinutes(1));

            engine.start();

            assertThat(Eventually.next(told)).isEqualTo("expired " + late);
            engine.drained("default");
            assertThat(runs.get()).isZero();
            assertThat(broker.stats("default").dead()).isZero();
            assertThat(log.count("GOOSE-4122")).isEqualTo(1);
        }
    }

    @Test
    void aRunThatIsUnderWayAtTheDeadlineIsInterruptedAndNotRetried() {
        try (TestEngine engine = engine(arguments -> hang()).start()) {
            engine.client().with(o -> o.deadlineIn(SHORT)).performAsync(JobCall.of("x"));

            assertThat(Eventually.next(failures))
                    .isInstanceOf(JobExpiredException.class)
                    .hasMessageStartingWith("GOOSE-4127")
                    .hasCauseInstanceOf(InterruptedException.class);
            assertThat(Eventually.next(told)).isEqualTo("death");
            assertThat(dead().job().state().attempt()).isEqualTo(1);
        }
    }

    @Test
    void aRetryThatWouldComeAfterTheDeadlineIsNotMade() {
        IllegalStateException own = new IllegalStateException("own");
        try (TestEngine engine = engine(arguments -> {
                    throw own;
                })
                .start()) {
            engine.client()
                    .with(o -> o.deadlineIn(Duration.ofMinutes(5)).retryDelay(RetryDelay.fixed(Duration.ofMinutes(5))))
                    .performAsync(JobCall.of("x"));

            assertThat(Eventually.next(failures))
                    .isInstanceOf(JobExpiredException.class)
                    .hasMessageContaining("PT5M")
                    .hasCause(own);
            assertThat(dead().job().state().failures().last().type()).isEqualTo(JobExpiredException.class.getName());
        }
    }

    @Test
    void aJobSnoozesWithoutAnAttemptAndNotBeyondItsDeadline() {
        try (TestEngine engine = engine(arguments -> {
                    if (runs.incrementAndGet() <= 3) {
                        throw new Snooze(Duration.ZERO);
                    }
                    throw new Snooze(Duration.ofMinutes(1));
                })
                .start()) {
            JobId id = engine.client()
                    .with(o -> o.deadlineIn(Duration.ofMinutes(1)))
                    .performAsync(JobCall.of("x"));

            assertThat(Eventually.next(told)).isEqualTo("expired " + id);
            engine.drained("default");
            assertThat(runs.get()).isEqualTo(4);

            engine.client().performAsync(JobCall.of("x"));
            Eventually.until("it snoozes", () -> broker.stats("default").scheduled() == 1);
            assertThat(broker.list("default", Place.SCHEDULED, 0, 1))
                    .singleElement()
                    .satisfies(stored -> {
                        assertThat(stored.job().state().attempt()).isEqualTo(1);
                        assertThat(stored.job().state().failures().last()).isNull();
                    });
            assertThat(log.count("GOOSE-4104")).isZero();
        }
    }

    @Test
    void aRunningJobThatIsCancelledIsInterruptedAndNeverRetried() {
        try (TestEngine engine = engine(arguments -> hang()).start()) {
            JobId id = engine.client().performAsync(JobCall.of("x"));
            Eventually.await(begun);

            assertThat(engine.client().cancel(id)).isEqualTo(CancelResult.ASKED);

            assertThat(Eventually.next(told)).isEqualTo("cancelled " + id + " true");
            engine.drained("default");
            assertThat(broker.find("default", id)).isEmpty();
            assertThat(runs.get()).isEqualTo(1);
            assertThat(log.count("GOOSE-4120")).isEqualTo(1);
            assertThat(engine.client().cancel(id)).isEqualTo(CancelResult.NOT_FOUND);
        }
    }

    @Test
    void withAGraceACancelledJobMayEndByItself() {
        RunLimits graceful = new RunLimits(Duration.ZERO, Duration.ofHours(1), Duration.ZERO);
        try (TestEngine engine = engine(arguments -> {
                    runs.incrementAndGet();
                    begun.countDown();
                    Eventually.until("it is cancelled", current.get()::isCancelled);
                    told.add("interrupted: " + Thread.currentThread().isInterrupted());
                    throw new IllegalStateException("as it was asked to");
                })
                .limits(graceful)
                .build()) {
            current.set(engine.engine().currentRun());
            engine.start();
            JobId id = engine.client().performAsync(JobCall.of("x"));
            Eventually.await(begun);

            assertThat(engine.client().cancel(id)).isEqualTo(CancelResult.ASKED);

            assertThat(Eventually.next(told)).isEqualTo("interrupted: false");
            assertThat(Eventually.next(told)).isEqualTo("cancelled " + id + " true");
            engine.drained("default");
        }
    }

    @Test
    void aCancelledJobThatReturnsIsDoneAndThatIsSaid() {
        try (TestEngine engine = engine(arguments -> {
                    try {
                        hang();
                    } catch (InterruptedException goOn) {
                        runs.incrementAndGet();
                    }
                    return null;
                })
                .start()) {
            JobId id = engine.client().performAsync(JobCall.of("x"));
            Eventually.await(begun);
            assertThat(engine.client().cancel(id)).isEqualTo(CancelResult.ASKED);
            engine.drained("default");
            assertThat(log.count("GOOSE-4121")).isEqualTo(1);
            assertThat(told).isEmpty();
        }
    }

    @Test
    void whatWaitsIsRemovedOnWhicheverQueueItIs() {
        try (TestEngine engine = engine(arguments -> hang()).queues("default").start()) {
            JobId id = engine.client().with(o -> o.queue("other")).performAsync(JobCall.of("x"));
            JobId later = engine.client().performIn(Duration.ofHours(1), JobCall.of("x"));

            assertThat(engine.client().cancel(id)).isEqualTo(CancelResult.REMOVED);
            assertThat(engine.client().cancel(later)).isEqualTo(CancelResult.REMOVED);
            assertThat(engine.client().cancel(id)).isEqualTo(CancelResult.NOT_FOUND);
            assertThat(broker.stats("other").waiting() + broker.stats("default").scheduled())
                    .isZero();
        }
    }

    @Test
    void aJobThatIsCancelledBetweenItsClaimAndItsStartIsNotBegun() {
        FaultyBroker faulty = new FaultyBroker(broker);
        AtomicReference<JobId> victim = new AtomicReference<>();
        faulty.after(Call.LEASE, () -> {
            JobId id = victim.get();
            if (id != null && broker.cancel("default", id) == CancelResult.ASKED) {
                victim.set(null);
            }
        });
        try (TestEngine engine = TestEngine.on(faulty)
                .clock(clock)
                .failureHandler(teller)
                .job("x", arguments -> hang())
                .build()) {
            victim.set(engine.client().performAsync(JobCall.of("x")));
            String id = victim.get().value();

            engine.start();

            assertThat(Eventually.next(told)).isEqualTo("cancelled " + id + " true");
            engine.drained("default");
            assertThat(runs.get()).isZero();
        }
    }

    @Test
    void cancellationsThatMayHaveBeenMissedAreAskedForBeforeTheNextHeartbeat() {
        FaultyBroker faulty = new FaultyBroker(broker);
        try (TestEngine engine = TestEngine.on(faulty)
                .clock(clock)
                .heartbeat(Duration.ofHours(1))
                .grace(Duration.ofMillis(50)) // the job does not end by itself
                .job("x", arguments -> hang())
                .start()) {
            engine.client().performAsync(JobCall.of("x"));
            Eventually.await(begun);
            Eventually.until("the first beat is over", () -> faulty.count(Call.SWEEP) > 0);

            // More than once: a session that opens may wake a heart which has just seen it, and that beat is not this
            // one.
            for (int i = 0; i < 3; i++) {
                int beats = faulty.count(Call.RENEW);
                faulty.cancelListener().missed();
                Eventually.until("it beats again", () -> faulty.count(Call.RENEW) > beats);
            }
        }
    }

    @Test
    void aBrokerThatCannotCancelRefuses() {
        try (TestEngine engine =
                TestEngine.on(BareTransport.create(true)).clientOnly().build()) {
            JobId id = engine.client().performAsync(JobCall.of("x"));
            assertThatThrownBy(() -> engine.client().cancel(id))
                    .isInstanceOf(UnsupportedCapabilityException.class)
                    .hasMessageStartingWith("GOOSE-3120");
        }
    }
}
