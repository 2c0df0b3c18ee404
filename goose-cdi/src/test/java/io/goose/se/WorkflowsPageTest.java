package io.goose.se;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.GooseClient;
import io.goose.Job;
import io.goose.JobCall;
import io.goose.Workflow;
import io.goose.WorkflowStatus;
import io.goose.engine.Eventually;
import io.goose.job.BatchId;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** The examples of the page about workflows: when they change, so does {@code docs/workflows.md}. */
class WorkflowsPageTest {

    static class Book {
        private final List<String> written;

        Book(List<String> written) {
            this.written = written;
        }

        @Job
        public int words(String title) {
            return title.length();
        }

        @Job
        public int lines(String title) {
            return 1;
        }

        @Job
        public void report(String title, int words, int lines) {
            written.add(title + " " + words + " " + lines);
        }

        @Job
        public void failed(String workflowId, String step) {
            written.add(step);
        }
    }

    @Test
    void theExamples_doWhatThePageSays() {
        List<String> written = new CopyOnWriteArrayList<>();
        try (Goose main = Goose.builder()
                .config("goose.broker.main.kind", "memory")
                .register(new Book(written))
                .build()) {
            GooseClient goose = main.start().client();

            Workflow.Builder w = Workflow.builder();
            Workflow.Step words = w.step("words", JobCall.of(Book::words, "Emma"));
            Workflow.Step lines = w.step("lines", JobCall.of(Book::lines, "Emma"));
            w.step("report", JobCall.of(Book::report, "Emma", 0, 0))
                    .argument(1, words)
                    .argument(2, lines)
                    .with(o -> o.maxRetries(3));
            BatchId id = goose.performWorkflow(w.onFailure(Book::failed).build());

            Eventually.until("the report is written", () -> written.equals(List.of("Emma 4 1")));
            Eventually.until(
                    "it is over",
                    () -> goose.workflow(id).status().orElseThrow().state() == WorkflowStatus.State.SUCCEEDED);
            WorkflowStatus status = goose.workflow(id).status().orElseThrow();
            assertThat(status.steps())
                    .extracting(WorkflowStatus.Step::name)
                    .containsExactly("words", "lines", "report");
            assertThat(goose.workflow(id).cancel()).isFalse();
        }
    }
}
