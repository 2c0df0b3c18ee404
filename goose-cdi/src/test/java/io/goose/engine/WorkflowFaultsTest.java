package io.goose.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.goose.BrokerUnavailableException;
import io.goose.EnqueueOutcomeUnknownException;
import io.goose.EnqueueRejectedException;
import io.goose.JobCall;
import io.goose.JobFailureHandler;
import io.goose.JobOptions;
import io.goose.JobRun;
import io.goose.RetryDelay;
import io.goose.Workflow;
import io.goose.WorkflowStatus.State;
import io.goose.admin.Place;
import io.goose.broker.memory.MemoryBroker;
import io.goose.engine.handler.JobCatalogue;
import io.goose.engine.handler.JobDefinition;
import io.goose.engine.observe.EngineObserver;
import io.goose.engine.observe.NotEnqueued;
import io.goose.engine.run.RunLimits;
import io.goose.job.BatchId;
import io.goose.job.BatchState;
import io.goose.job.JobId;
import io.goose.job.QueuedJob;
import io.goose.spi.BatchLedger.Addition;
import io.goose.spi.Broker;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What workflows do to others, and what goes wrong around them. */
@Timeout(60)
final class WorkflowFaultsTest {

    private final MemoryBroker broker = MemoryBroker.withClock(InstantSource.system());
    private final List<String> ran = new CopyOnWriteArrayList<>();
    private final CountDownLatch hold = new CountDownLatch(1);
    private final CountDownLatch held = new CountDownLatch(1);
    private final List<TestEngine> engines = new ArrayList<>();

    private TestEngine.Builder engine(Broker on) {
        return TestEngine.on(on)
                .delay("none", (retry, failure) -> Duration.ZERO)
                .job("note", arguments -> ran.add(String.valueOf(arguments.get(0))), String.class)
                .job("breaks", arguments -> {
                    throw new ArithmeticException("broken");
                })
                .job("hold", arguments -> {
                    held.countDown();
                    hold.await();
                    return null;
                });
    }

    private TestEngine started(TestEngine.Builder builder) {
        TestEngine engine = builder.start();
        engines.add(engine);
        return engine;
    }

    @AfterEach
    void close() {
        hold.countDown();
        engines.forEach(TestEngine::close);
    }

    private static JobCall call(String name, Object... arguments) {
        return JobCall.of(name, arguments);
    }

    private static State state(TestEngine engine, BatchId id) {
        return engine.client().workflow(id).status().orElseThrow().state();
    }

    private static void reaches(TestEngine engine, BatchId id, State state) {
        Eventually.until("workflow " + id + " is " + state, () -> state(engine, id) == state);
    }

    private JobId scheduled() {
        return broker.list("default", Place.SCHEDULED, 0, 10).get(0).job().id();
    }

    @Test
    void theBatchOfAStep_hasTheWholeWorkflowOnce_andOnlyIfOthersComeAfterIt() {
        List<Addition> made = new CopyOnWriteArrayList<>();
        TestEngine engine = started(engine(WatchedBatches.of(broker.connect(), made::add)));
        Workflow.Builder w = Workflow.builder().onFailure(call("note", "sorry"));
        Workflow.Step first = w.step("first", call("note", "the first"));
        w.step("last", call("note", "x".repeat(50_000))).after(first);
        BatchId id = engine.client().performWorkflow(w.build());
        reaches(engine, id, State.SUCCEEDED);

        assertThat(made).hasSize(2);
        Map<BatchState, List<QueuedJob>> ofFirst = made.get(0).plan().callbacks();
        assertThat(size(ofFirst, BatchState.SUCCESS)).isBetween(50_000, 60_000);
        assertThat(size(ofFirst, BatchState.DEAD)).isBetween(100, 3_000);
        assertThat(size(ofFirst, BatchState.CANCELLED)).isBetween(100, 3_000);
        assertThat(size(ofFirst, BatchState.PARTIAL_SUCCESS)).isZero();
        assertThat(made.get(1).plan().callbacks().values().stream()
                        .flatMap(List::stream)
                        .mapToInt(job -> job.envelope().size()))
                .allMatch(size -> size < 3_000);
    }

    private static int size(Map<BatchState, List<QueuedJob>> callbacks, BatchState state) {
        return callbacks.getOrDefault(state, List.of()).stream()
                .mapToInt(job -> job.envelope().size())
                .sum();
    }

    @Test
    void manyStepsWithALargeWorkflow_areRefused() {
        TestEngine engine = started(engine(broker.connect()).clientOnly());
        Workflow.Builder w = Workflow.builder();
        Workflow.Step last = w.step("last", call("note", "x".repeat(100_000)));
        for (int i = 0; i < 400; i++) {
            Workflow.Step root = w.step("s" + i, call("hold"));
            last.after(root);
        }
        assertThatThrownBy(() -> engine.client().performWorkflow(w.build()))
                .isInstanceOf(EnqueueRejectedException.class)
                .hasMessageContaining("GOOSE-2308")
                .hasMessageContaining("400 steps");
        assertThat(broker.stats("default").waiting()).isZero();
    }

    @Test
    void cancellingOneThatIsHalfBegun_endsWhatHasBegun_andBeginsNoMore() {
        AtomicInteger additions = new AtomicInteger();
        CountDownLatch failing = new CountDownLatch(1);
        TestEngine engine = started(engine(WatchedBatches.of(broker.connect(), addition -> {
                    if (failing.getCount() > 0
                            && addition.number().equals("begin")
                            && additions.getAndIncrement() > 0) {
                        throw new BrokerUnavailableException("away between two steps", null);
                    }
                }))
                .threads(3));
        Workflow.Builder w = Workflow.builder().onFailure(call("note", "sorry"));
        w.step("one", call("hold"));
        w.step("two", call("note", "two"));
        BatchId id = engine.client().performWorkflow(w.build());
        Eventually.await(held);
        Eventually.until("its beginning waits", () -> broker.stats("default").scheduled() == 1);

        assertThat(engine.client().workflow(id).cancel()).isTrue();
        failing.countDown();
        reaches(engine, id, State.CANCELLED);
        Eventually.until("the running step is cancelled", () -> engine.status().outstanding() == 0);
        assertThat(engine.engine().admin("main").prioritise(scheduled())).isTrue();
        engine.drained("default");

        assertThat(state(engine, id)).isEqualTo(State.CANCELLED);
        assertThat(ran).isEmpty();
        assertThat(broker.stats("default").dead()).isZero();
    }

    @Test
    void aStepThatIsRetriedPastTheTimeThatTheWorkflowIsKept_goesOn_andLeavesNoDeadJob() {
        AtomicInteger runs = new AtomicInteger();
        TestEngine engine = started(engine(broker.connect()).job("second", arguments -> {
            if (runs.incrementAndGet() == 1) {
                throw new ArithmeticException("once more");
            }
            hold.await();
            return null;
        }));
        Workflow.Builder w = Workflow.builder().keep(Duration.ofSeconds(1));
        Workflow.Step slow = w.step("slow", call("second")).with(o -> o.retryDelay(RetryDelay.named("none")));
        w.step("then", call("note", "then")).after(slow);
        BatchId id = engine.client().performWorkflow(w.build());
        Eventually.until("it runs again", () -> runs.get() == 2);
        Eventually.until(
                "the workflow is kept no longer",
                () -> engine.client().workflow(id).status().isEmpty());
        hold.countDown();

        Eventually.until("it goes on", () -> ran.equals(List.of("then")));
        engine.drained("default");
        assertThat(broker.list("default", Place.DEAD, 0, 10)).isEmpty();
    }

    @Test
    void theJobThatBeginsSteps_isSeenByNoMiddlewareAndNoFailureHandler_andHasNoTimeout() {
        List<String> seen = new CopyOnWriteArrayList<>();
        List<String> told = new CopyOnWriteArrayList<>();
        AtomicInteger additions = new AtomicInteger();
        TestEngine engine = started(engine(WatchedBatches.of(broker.connect(), addition -> {
                    if (additions.incrementAndGet() == 1) {
                        throw new BrokerUnavailableException("for once", null);
                    }
                }))
                .limits(new RunLimits(Duration.ofMillis(1), Duration.ZERO, RunLimits.DEFAULT.stuckAfter()))
                .middleware(invocation -> {
                    seen.add(invocation.run().handler());
                    return invocation.proceed();
                })
                .failureHandler(new JobFailureHandler() {
                    @Override
                    public void onError(JobRun run, Throwable failure) {
                        told.add(run.handler());
                    }
                }));
        Workflow.Builder w = Workflow.builder();
        w.step("only", call("note", "only")).with(o -> o.timeout(Duration.ofMinutes(1)));
        BatchId id = engine.client().performWorkflow(w.build());
        Eventually.until("it is tried again", () -> broker.stats("default").scheduled() == 1);
        assertThat(engine.engine().admin("main").prioritise(scheduled())).isTrue();
        reaches(engine, id, State.SUCCEEDED);

        assertThat(seen).containsExactly("note");
        assertThat(told).isEmpty();
    }

    @Test
    void aJobWithANameOfOurOwn_isRefused() {
        for (String name : List.of("goose.workflow", "goose.batch")) {
            List<String> problems = new ArrayList<>();
            JobCatalogue.of(List.of(definition(name, Set.of()), definition("other", Set.of(name))), problems);
            assertThat(problems)
                    .hasSize(2)
                    .allMatch(problem -> problem.contains("GOOSE-2309") && problem.contains(name));
        }
    }

    private static JobDefinition definition(String name, Set<String> aliases) {
        return new JobDefinition(
                name,
                aliases,
                Set.of(),
                List.of(),
                new JobDefinition.Settings(JobOptions.NONE, List.of(), false, arguments -> null, "Somebody#does"));
    }

    @Test
    void everyStepGoesThroughEnqueueMiddlewares_andWhoeverObservesIsToldOfWhatWasNotEnqueued() {
        List<String> through = new CopyOnWriteArrayList<>();
        List<NotEnqueued> failures = new CopyOnWriteArrayList<>();
        FaultyBroker faulty = new FaultyBroker(broker.connect());
        TestEngine engine = started(engine(faulty)
                .enqueueMiddleware(invocation -> {
                    through.add(invocation.call().handler());
                    JobOptions tenant =
                            JobOptions.builder().header("tenant", "a").build();
                    return invocation.proceed(invocation.call(), tenant.or(invocation.options()));
                })
                .observer(new EngineObserver() {
                    @Override
                    public void notEnqueued(NotEnqueued failure) {
                        failures.add(failure);
                    }
                })
                .clientOnly());
        Workflow.Builder w = Workflow.builder().id(BatchId.draw(Instant.now())).onFailure(call("breaks"));
        Workflow.Step first = w.step("first", call("note", "first"));
        w.step("second", call("hold")).after(first);
        faulty.before(FaultyBroker.Call.SEND, () -> {
            throw new BrokerUnavailableException("away", null);
        });
        assertThatThrownBy(() -> engine.client().performWorkflow(w.build()))
                .isInstanceOf(EnqueueOutcomeUnknownException.class);

        assertThat(through).containsExactly("note", "hold", "breaks");
        assertThat(failures).singleElement().satisfies(one -> {
            assertThat(one.handler()).isEqualTo("goose.workflow");
            assertThat(one.kind()).isEqualTo(NotEnqueued.Kind.UNKNOWN);
        });
        faulty.before(FaultyBroker.Call.SEND, () -> {});
        engine.client().performWorkflow(w.build());
        assertThat(broker.list("default", Place.WAITING, 0, 10)
                        .get(0)
                        .job()
                        .envelope()
                        .text())
                .contains("tenant");
    }

    @Test
    void whoeverObserves_isToldOfJobsThatCouldNotBeAddedToABatch() {
        List<NotEnqueued> failures = new CopyOnWriteArrayList<>();
        TestEngine engine = started(engine(WatchedBatches.of(broker.connect(), addition -> {
                    throw new BrokerUnavailableException("away", null);
                }))
                .observer(new EngineObserver() {
                    @Override
                    public void notEnqueued(NotEnqueued failure) {
                        failures.add(failure);
                    }
                })
                .clientOnly());
        assertThatThrownBy(() -> engine.client()
                        .performBatch(
                                b -> b.onComplete(call("note", "over")), List.of(call("hold"), call("note", "x"))))
                .isInstanceOf(BrokerUnavailableException.class);

        assertThat(failures)
                .containsExactly(
                        new NotEnqueued("main", "hold", NotEnqueued.Kind.UNAVAILABLE),
                        new NotEnqueued("main", "note", NotEnqueued.Kind.UNAVAILABLE));
    }
}
