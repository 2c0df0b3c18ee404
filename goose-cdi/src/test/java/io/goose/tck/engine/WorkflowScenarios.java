package io.goose.tck.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.JobCall;
import io.goose.Workflow;
import io.goose.WorkflowStatus;
import io.goose.WorkflowStatus.State;
import io.goose.job.BatchId;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What brokers that keep batches and results must do for workflows: whole engines on one storage, by the real time. */
@Timeout(300)
public abstract class WorkflowScenarios extends OneEngineScenarios {

    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @Override
    final Duration patience() {
        return PATIENCE;
    }

    private void await(BatchId id, State state) {
        await(() -> goose.client().workflow(id).status().orElseThrow().state() == state, state, id);
    }

    private void await(BooleanSupplier reached, Object what, BatchId id) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!reached.getAsBoolean()) {
            assertThat(System.nanoTime())
                    .as(
                            "the workflow is to be %s: %s",
                            what, goose.client().workflow(id).status())
                    .isLessThan(end);
            LockSupport.parkNanos(10_000_000);
        }
    }

    @Test
    void stepsOnTwoQueues_withResults_aDeath_andAReplay() throws InterruptedException {
        jobs.failures.add(new IllegalStateException("for once"));
        Workflow.Builder w = Workflow.builder().onFailure(JobCall.of("note", "sorry"));
        Workflow.Step six = w.step("six", JobCall.of("add-five", 1));
        Workflow.Step seven = w.step("seven", JobCall.of("add-five", 2)).with(o -> o.queue(OTHER));
        Workflow.Step twelve = w.step("twelve", JobCall.of("add-five", 0)).argument(0, seven);
        Workflow.Step first =
                w.step("count six", JobCall.of("count", 0)).argument(0, six).with(o -> o.queue(OTHER));
        Workflow.Step second = w.step("count twelve", JobCall.of("count", 0)).argument(0, twelve);
        Workflow.Step fails = w.step("fails", JobCall.of("fail", "mended"))
                .after(first, second)
                .with(o -> o.queue(OTHER));
        w.step("end", JobCall.of("note", "end")).after(fails);

        BatchId id = goose.client().with(o -> o.queue(ONE)).performWorkflow(w.build());
        assertThat(next()).isEqualTo("sorry");
        await(id, State.FAILED);
        assertThat(jobs.times).isEqualTo(Map.of(6, 1, 12, 1));

        WorkflowStatus.Step dead =
                goose.client().workflow(id).status().orElseThrow().steps().get(5);
        assertThat(dead.progress()).isEqualTo(WorkflowStatus.Progress.DEAD);
        assertThat(goose.admin().replay(dead.job())).isTrue();
        assertThat(next()).isEqualTo("mended");
        assertThat(next()).isEqualTo("end");
        await(id, State.SUCCEEDED);
        assertThat(jobs.ran).isEmpty();
        assertThat(jobs.times).isEqualTo(Map.of(6, 1, 12, 1));
    }

    @Test
    void aCancelledWorkflow() throws InterruptedException {
        Workflow.Builder w = Workflow.builder().onFailure(JobCall.of("note", "sorry"));
        Workflow.Step hangs = w.step("hangs", JobCall.of("hang"));
        w.step("end", JobCall.of("note", "end")).after(hangs);

        BatchId id = goose.client().with(o -> o.queue(ONE)).performWorkflow(w.build());
        assertThat(jobs.started.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        await(() -> goose.client().workflow(id).status().orElseThrow().steps().size() == 2, "begun", id);
        assertThat(goose.client().workflow(id).cancel()).isTrue();

        await(id, State.CANCELLED);
        assertThat(goose.client()
                        .workflow(id)
                        .status()
                        .orElseThrow()
                        .steps()
                        .get(1)
                        .progress())
                .isEqualTo(WorkflowStatus.Progress.CANCELLED);
        assertThat(jobs.ran).isEmpty();
    }
}
