package io.goose.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.goose.BrokerUnavailableException;
import io.goose.EnqueueRejectedException;
import io.goose.Job;
import io.goose.JobCall;
import io.goose.JobStatus;
import io.goose.RetryDelay;
import io.goose.Unique;
import io.goose.UnsupportedCapabilityException;
import io.goose.Workflow;
import io.goose.WorkflowStatus;
import io.goose.WorkflowStatus.Progress;
import io.goose.WorkflowStatus.State;
import io.goose.broker.memory.MemoryBroker;
import io.goose.engine.FaultyBroker.Call;
import io.goose.job.BatchId;
import io.goose.job.JobId;
import io.goose.spi.Broker;
import io.goose.tck.BareTransport;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Workflows through whole engines. */
@Timeout(180)
final class WorkflowTest {

    private final MemoryBroker broker = MemoryBroker.withClock(InstantSource.system());
    private final List<String> ran = new CopyOnWriteArrayList<>();
    private final AtomicBoolean broken = new AtomicBoolean(true);
    private final CountDownLatch hold = new CountDownLatch(1);
    private final List<TestEngine> engines = new ArrayList<>();

    private TestEngine.Builder engine(Broker on) {
        return TestEngine.on(on)
                .queues("default", "other", "again")
                .delay("none", (retry, failure) -> Duration.ZERO)
                .job("note", arguments -> ran.add(String.valueOf(arguments.get(0))), String.class)
                .job("number", arguments -> number((int) arguments.get(0)), int.class)
                .job("nothing", arguments -> null)
                .job("text", arguments -> "x".repeat((int) arguments.get(0)), int.class)
                .job("plus", arguments -> plus((int) arguments.get(0), (int) arguments.get(1)), int.class, int.class)
                .job("breaks", arguments -> breaks())
                .job("hold", arguments -> {
                    hold.await();
                    return null;
                })
                .job(
                        "failed",
                        arguments -> ran.add("failed " + arguments.get(0) + " " + arguments.get(1)),
                        String.class,
                        String.class);
    }

    private int number(int value) {
        ran.add("number " + value);
        return value;
    }

    private int plus(int a, int b) {
        ran.add(a + "+" + b);
        return a + b;
    }

    private Object breaks() {
        if (broken.get()) {
            throw new ArithmeticException("broken");
        }
        ran.add("mended");
        return 7;
    }

    private TestEngine worker() {
        return worker(broker.connect());
    }

    private TestEngine worker(Broker on) {
        TestEngine started = engine(on).retryMax(0).start();
        engines.add(started);
        return started;
    }

    @AfterEach
    void close() {
        hold.countDown();
        engines.forEach(TestEngine::close);
    }

    private static JobCall call(String name, Object... arguments) {
        return JobCall.of(name, arguments);
    }

    private static WorkflowStatus status(TestEngine engine, BatchId id) {
        return engine.client()
                .workflow(id)
                .status()
                .orElseThrow(() -> new AssertionError("workflow " + id + " is gone"));
    }

    private static void reaches(TestEngine engine, BatchId id, State state) {
        Eventually.until(
                "workflow is " + state + ", not " + status(engine, id),
                () -> status(engine, id).state() == state);
    }

    private static List<Progress> progress(TestEngine engine, BatchId id) {
        return status(engine, id).steps().stream()
                .map(WorkflowStatus.Step::progress)
                .toList();
    }

    /** Why a job is dead. */
    private static String failure(TestEngine engine, JobId id) {
        Eventually.until(
                "job " + id + " is dead", () -> engine.client().status(id).state() == JobStatus.State.DEAD);
        return engine.client().status(id).failure().orElseThrow().message();
    }

    @Test
    void resultsOfSeveralSteps_areArgumentsOfOne_onOtherQueuesToo() {
        TestEngine engine = worker();
        Workflow.Builder w = Workflow.builder();
        Workflow.Step two = w.step("two", call("number", 2));
        Workflow.Step three = w.step("three", call("number", 3)).with(o -> o.queue("other"));
        Workflow.Step sum = w.step("sum", call("plus", 0, 0)).argument(0, two).argument(1, three);
        Workflow.Step twice =
                w.step("twice", call("plus", 0, 100)).argument(0, sum).with(o -> o.queue("other"));
        w.step("end", call("note", "end")).after(twice, two);

        BatchId id = engine.client().performWorkflow(w.build());
        reaches(engine, id, State.SUCCEEDED);

        assertThat(ran.subList(0, 2)).containsExactlyInAnyOrder("number 2", "number 3");
        assertThat(ran.subList(2, ran.size())).containsExactly("2+3", "5+100", "end");
        assertThat(progress(engine, id)).containsOnly(Progress.SUCCEEDED);
        assertThat(engine.client().workflow(id).cancel()).isFalse();
        engine.drained("default", "other");
    }

    @Test
    void aStepThatDies_endsTheWorkflow_andIsTold_once() {
        TestEngine engine = worker();
        Workflow.Builder w = Workflow.builder().onFailure(call("note", "sorry"));
        Workflow.Step first = w.step("first", call("breaks"));
        Workflow.Step second = w.step("second", call("breaks"));
        w.step("never", call("note", "never")).after(first, second);

        BatchId id = engine.client().performWorkflow(w.build());
        Eventually.until("both are dead", () -> progress(engine, id)
                .equals(List.of(Progress.DEAD, Progress.DEAD, Progress.PENDING)));
        reaches(engine, id, State.FAILED);
        engine.drained("default");

        assertThat(ran).containsExactly("sorry");
    }

    @Test
    void aDeadStepThatIsReplayed_andSucceeds_goesOn() {
        TestEngine engine = worker();
        Workflow.Builder w = Workflow.builder();
        Workflow.Step first = w.step("first", call("breaks"));
        Workflow.Step other = w.step("other", call("breaks"));
        w.step("then", call("plus", 0, 0)).argument(0, first).argument(1, other);
        BatchId id = engine.client().performWorkflow(w.build());
        Eventually.until("both are dead", () -> progress(engine, id)
                .equals(List.of(Progress.DEAD, Progress.DEAD, Progress.PENDING)));
        reaches(engine, id, State.FAILED);
        engine.drained("default");

        broken.set(false);
        for (WorkflowStatus.Step step : status(engine, id).steps().subList(0, 2)) {
            assertThat(broker.replay("default", step.job())).isTrue();
        }

        reaches(engine, id, State.SUCCEEDED);
        engine.drained("default");
        assertThat(ran).containsExactly("mended", "mended", "7+7");
    }

    @Test
    void aStepThatIsRetriedOnAnotherQueue_goesOnOnce() {
        AtomicInteger runs = new AtomicInteger();
        TestEngine engine = engine(broker.connect())
                .job("onceMore", arguments -> {
                    if (runs.incrementAndGet() == 1) {
                        throw new ArithmeticException("for once");
                    }
                    return 1;
                })
                .start();
        engines.add(engine);
        Workflow.Builder w = Workflow.builder();
        Workflow.Step first = w.step("first", call("onceMore"))
                .with(o -> o.maxRetries(2).retryQueue("again").retryDelay(RetryDelay.named("none")));
        w.step("then", call("plus", 0, 1)).argument(0, first);

        BatchId id = engine.client().performWorkflow(w.build());
        reaches(engine, id, State.SUCCEEDED);
        engine.drained("default", "again");

        assertThat(ran).containsExactly("1+1");
    }

    @Test
    void whoIsToldOfAFailure_getsTheStep() {
        TestEngine engine = worker();
        Workflow.Builder w = Workflow.builder().onFailure(FailureNote::failed);
        w.step("first", call("breaks"));
        List<String> told = new CopyOnWriteArrayList<>();
        TestEngine listener = engine(broker.connect())
                .queues("default")
                .job(
                        FailureNote.class.getName() + "#failed",
                        arguments -> told.add(arguments.get(0) + " " + arguments.get(1)),
                        String.class,
                        String.class)
                .start();
        engines.add(listener);

        BatchId id = engine.client().performWorkflow(w.build());
        Eventually.until("it is told", () -> told.equals(List.of(id + " first")));
    }

    /** A job that another engine has. */
    interface FailureNote {
        @Job
        void failed(String workflow, String step);
    }

    @Test
    void aCancelledWorkflow_beginsNoMoreSteps_andCallsNobody() {
        TestEngine engine = worker();
        Workflow.Builder w = Workflow.builder().onFailure(call("note", "sorry"));
        Workflow.Step first = w.step("first", call("hold"));
        w.step("then", call("note", "then")).after(first);
        BatchId id = engine.client().performWorkflow(w.build());
        Eventually.until(
                "it runs",
                () -> status(engine, id).steps().size() == 2
                        && status(engine, id).steps().get(0).progress() == Progress.BEGUN);

        assertThat(engine.client().workflow(id).cancel()).isTrue();
        hold.countDown();

        reaches(engine, id, State.CANCELLED);
        engine.drained("default");
        assertThat(ran).isEmpty();
        assertThat(engine.client().workflow(id).cancel()).isFalse();
    }

    @Test
    void aWorkflowThatHasNotBegun_isRemoved() {
        TestEngine client = engine(broker.connect()).clientOnly().start();
        engines.add(client);
        Workflow.Builder w = Workflow.builder();
        w.step("only", call("note", "only"));
        BatchId id = client.client().performWorkflow(w.build());

        assertThat(status(client, id).state()).isEqualTo(State.IN_PROGRESS);
        assertThat(client.client().workflow(id).cancel()).isTrue();
        assertThat(client.client().workflow(id).status()).isEmpty();
    }

    @Test
    void whatIsCancelledWhileItsLastStepRuns_isCancelled_andNotFailed() {
        TestEngine engine = worker();
        Workflow.Builder w = Workflow.builder().onFailure(call("note", "sorry"));
        w.step("last", call("hold"));
        BatchId id = engine.client().performWorkflow(w.build());
        Eventually.until(
                "it runs",
                () -> engine.status().outstanding() == 1 && progress(engine, id).equals(List.of(Progress.BEGUN)));

        assertThat(engine.client().workflow(id).cancel()).isTrue();

        reaches(engine, id, State.CANCELLED);
        assertThat(ran).isEmpty();
    }

    @Test
    void aHeaderThatIsNoStepsOwn_meansNothing() {
        AtomicInteger runs = new AtomicInteger();
        TestEngine engine = engine(broker.connect())
                .job("twice", arguments -> {
                    if (runs.incrementAndGet() == 1) {
                        throw new ArithmeticException("once more");
                    }
                    return null;
                })
                .start();
        engines.add(engine);
        for (String header : List.of("nightly", "a@b x c", BatchId.draw(Instant.EPOCH) + "@default 0 default")) {
            runs.set(0);
            JobId id = engine.client()
                    .with(o -> o.header("goose.workflow", header).retryDelay(RetryDelay.named("none")))
                    .performAsync(call("twice"));
            Eventually.until("it has run again", () -> runs.get() == 2);
            engine.drained("default");
            assertThat(broker.stats("default").dead()).isZero();
            assertThat(broker.find("default", id)).isEmpty();
        }
    }

    @Test
    void aStepAfterOneThatIsForgotten_failsAndTells() {
        TestEngine engine = worker();
        Workflow.Builder w = Workflow.builder().keep(Duration.ofSeconds(1)).onFailure(call("note", "sorry"));
        Workflow.Step quick = w.step("quick", call("nothing"));
        Workflow.Step slow = w.step("slow", call("hold"));
        w.step("both", call("note", "never")).after(quick, slow);
        BatchId id = engine.client().performWorkflow(w.build());
        Eventually.until(
                "all but the slow step is forgotten",
                () -> engine.client().workflow(id).status().isEmpty()
                        && engine.status().outstanding() == 1);
        hold.countDown();

        Eventually.until("it is told", () -> ran.equals(List.of("sorry")));
    }

    @Test
    void whatCannotBePassed_isRefusedClearly_andTold() {
        TestEngine engine =
                engine(broker.connect()).retryMax(0).maxJobSize(4_000).start();
        engines.add(engine);
        Workflow.Builder w = Workflow.builder().onFailure(call("note", "sorry"));
        Workflow.Step large = w.step("large", call("text", 10_000));
        w.step("then", call("note", "")).argument(0, large);
        w.step("beside", call("nothing")).after(large);

        BatchId id = engine.client().performWorkflow(w.build());
        reaches(engine, id, State.FAILED);
        Eventually.until("it is told", () -> ran.equals(List.of("sorry")));
        Eventually.until("the other one has run", () -> progress(engine, id)
                .equals(List.of(Progress.SUCCEEDED, Progress.PENDING, Progress.SUCCEEDED)));

        JobId begins = BatchId.ofMember(status(engine, id).steps().get(0).job())
                .orElseThrow()
                .batch()
                .callback(0);
        assertThat(failure(engine, begins)).contains("GOOSE-2306", "'then'", "goose.job.max-size=4000");
    }

    @Test
    void aResultThatIsNotKept_isNotTakenForNothing() {
        TestEngine engine = worker();
        Workflow.Builder w = Workflow.builder();
        Workflow.Step large = w.step("large", call("text", 300_000));
        Workflow.Step nothing = w.step("nothing", call("nothing"));
        w.step("then", call("note", "")).argument(0, large);
        w.step("null", call("note", "")).argument(0, nothing);

        BatchId id = engine.client().performWorkflow(w.build());
        reaches(engine, id, State.FAILED);
        engine.drained("default");

        assertThat(ran).containsExactly("null");
        JobId begins = BatchId.ofMember(status(engine, id).steps().get(0).job())
                .orElseThrow()
                .batch()
                .callback(0);
        assertThat(failure(engine, begins)).contains("GOOSE-2305", "'large'");
    }

    @Test
    void aKillBetweenSteps_losesNothing_andRunsNothingTwice() {
        FaultyBroker dying = new FaultyBroker(broker.connect());
        AtomicInteger settles = new AtomicInteger();
        dying.after(Call.SETTLE, () -> {
            if (settles.incrementAndGet() % 2 == 1) { // each step's end is written, and its answer is lost
                throw new BrokerUnavailableException("lost", null);
            }
        });
        TestEngine engine = worker(dying);
        List<BatchId> ids = new ArrayList<>();
        for (int n = 0; n < 20; n++) {
            Workflow.Builder w = Workflow.builder();
            Workflow.Step a = w.step("a", call("number", n));
            Workflow.Step b = w.step("b", call("number", 1_000));
            Workflow.Step sum = w.step("sum", call("plus", 0, 0)).argument(0, a).argument(1, b);
            w.step("end", call("plus", 0, 1)).argument(0, sum);
            ids.add(engine.client().performWorkflow(w.build()));
        }
        ids.forEach(id -> reaches(engine, id, State.SUCCEEDED));
        assertThat(ran).hasSize(80);
        assertThat(ran)
                .filteredOn(one -> one.endsWith("+1"))
                .doesNotHaveDuplicates()
                .hasSize(20);
    }

    @Test
    void aRepeatedMaking_makesOne() {
        TestEngine engine = worker();
        Workflow.Builder w = Workflow.builder().id(BatchId.draw(Instant.now()));
        w.step("only", call("note", "only"));
        BatchId id = engine.client().performWorkflow(w.build());
        reaches(engine, id, State.SUCCEEDED);

        assertThat(engine.client().performWorkflow(w.build())).isEqualTo(id);
        engine.drained("default");
        assertThat(ran).containsExactly("only");
    }

    @Test
    void whatIsNoWorkflow_isRefused() {
        TestEngine engine = engine(broker.connect()).maxJobSize(2_000).start();
        engines.add(engine);
        Workflow.Builder circle = Workflow.builder();
        Workflow.Step a = circle.step("a", call("note", "a"));
        Workflow.Step b = circle.step("b", call("note", "b")).after(a);
        a.after(b);
        assertThatThrownBy(circle::build).hasMessageContaining("GOOSE-2301").hasMessageContaining("[a, b]");
        assertThatThrownBy(() -> Workflow.builder().build()).hasMessageContaining("GOOSE-2300");
        assertThatThrownBy(() -> circle.step("a", call("note", "a"))).hasMessageContaining("GOOSE-2300");
        assertThatThrownBy(() -> a.argument(1, b)).hasMessageContaining("GOOSE-2302");

        Workflow.Builder large = Workflow.builder();
        for (int i = 0; i < 20; i++) {
            large.step("step " + i, call("note", "x".repeat(100)));
        }
        assertThatThrownBy(() -> engine.client().performWorkflow(large.build()))
                .isInstanceOf(EnqueueRejectedException.class)
                .hasMessageContaining("GOOSE-2303");

        Workflow.Builder unique = Workflow.builder();
        unique.step("one", call("note", "one")).with(o -> o.unique(Unique.untilEnded()));
        assertThatThrownBy(() -> engine.client().performWorkflow(unique.build()))
                .hasMessageContaining("GOOSE-2257");
        assertThat(ran).isEmpty();
    }

    @Test
    void aBrokerWithoutBatches_refuses() {
        TestEngine bare = engine(BareTransport.create(true)).clientOnly().start();
        engines.add(bare);
        Workflow.Builder w = Workflow.builder();
        w.step("only", call("note", "only"));
        assertThatThrownBy(() -> bare.client().performWorkflow(w.build()))
                .isInstanceOf(UnsupportedCapabilityException.class)
                .hasMessageContaining("GOOSE-2304");
    }
}
