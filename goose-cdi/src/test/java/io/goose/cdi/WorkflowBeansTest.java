package io.goose.cdi;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.GooseBroker;
import io.goose.GooseClient;
import io.goose.Job;
import io.goose.JobCall;
import io.goose.JobRun;
import io.goose.Workflow;
import io.goose.WorkflowStatus;
import io.goose.engine.Eventually;
import io.goose.job.BatchId;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.RequestScoped;
import jakarta.inject.Inject;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class WorkflowBeansTest {

    /** A new one in each step, as each is a job with a request of its own. */
    @RequestScoped
    static class Draft {
        private int pages;

        int pages() {
            return pages;
        }

        void add(int count) {
            pages += count;
        }
    }

    @ApplicationScoped
    static class Press {
        private final List<String> delivered = new CopyOnWriteArrayList<>();

        @Inject
        Draft draft;

        @Inject
        JobRun run;

        @Job
        int print(int count) {
            draft.add(count);
            return draft.pages();
        }

        @Job
        String bind(int first, int second) {
            if (first + second > 100) {
                throw new IllegalStateException("too thick");
            }
            draft.add(first + second);
            return "book of " + draft.pages();
        }

        @Job
        void deliver(String book) {
            delivered.add(book + " on " + run.queue());
        }

        @Job
        void apologise(String workflow, String step) {
            delivered.add(workflow + " failed at " + step);
        }

        List<String> delivered() {
            return delivered;
        }
    }

    @ApplicationScoped
    static class Shop {
        @Inject
        GooseClient goose;

        @Inject
        @GooseBroker("reports")
        GooseClient reports;

        BatchId order(GooseClient client, int first, int second) {
            Workflow.Builder w = Workflow.builder();
            Workflow.Step one = w.step("first part", JobCall.of(Press::print, first));
            Workflow.Step other = w.step("second part", JobCall.of(Press::print, second));
            Workflow.Step book = w.step("book", JobCall.of(Press::bind, 0, 0))
                    .argument(0, one)
                    .argument(1, other)
                    .with(o -> o.maxRetries(0));
            w.step("delivery", JobCall.of(Press::deliver, "")).argument(0, book).with(o -> o.queue("parcels"));
            return client.performWorkflow(w.onFailure(Press::apologise).build());
        }

        GooseClient goose() {
            return goose;
        }

        GooseClient reports() {
            return reports;
        }
    }

    private static TestApplication application() {
        return TestApplication.with(Press.class, Shop.class, Draft.class)
                .config("goose.worker.queues", "default,parcels")
                .config("goose.brokers", "main,reports")
                .config("goose.broker.reports.kind", "memory")
                .config("goose.broker.reports.worker.queues", "default,parcels")
                .start();
    }

    private static void awaitState(GooseClient client, BatchId id, WorkflowStatus.State state) {
        Eventually.until(
                "the workflow is " + state,
                () -> client.workflow(id).status().orElseThrow().state() == state);
    }

    @Test
    void anInjectedClient_runsAWorkflowOfBeans_withTheResultsOfTheStepsBefore() {
        try (TestApplication application = application()) {
            Shop shop = application.get(Shop.class);

            BatchId id = shop.order(shop.goose(), 30, 12);

            awaitState(shop.goose(), id, WorkflowStatus.State.SUCCEEDED);
            assertThat(application.get(Press.class).delivered()).containsExactly("book of 42 on parcels");
            assertThat(shop.reports().workflow(id).status()).isEmpty();
        }
    }

    @Test
    void onAnotherBroker_aStepThatDiesTellsTheBeanForFailures() {
        try (TestApplication application = application()) {
            Shop shop = application.get(Shop.class);

            BatchId id = shop.order(shop.reports(), 60, 60);

            awaitState(shop.reports(), id, WorkflowStatus.State.FAILED);
            List<String> delivered = application.get(Press.class).delivered();
            Eventually.until("the failure is told", () -> !delivered.isEmpty());
            assertThat(delivered).containsExactly(id + " failed at book");
            assertThat(shop.goose().workflow(id).status()).isEmpty();
        }
    }
}
