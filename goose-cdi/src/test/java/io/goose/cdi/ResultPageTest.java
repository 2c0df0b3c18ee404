package io.goose.cdi;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.GooseClient;
import io.goose.Job;
import io.goose.JobStatus;
import io.goose.job.JobId;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The examples of the page about results: when they change, so does {@code docs/results.md}. */
@Timeout(180)
class ResultPageTest {

    /** What a report came to. */
    public record Summary(String name, int pages) {}

    @ApplicationScoped
    static class Reports {
        @Job(queue = "reports", keepResult = "PT1H")
        public Summary build(String name) {
            return new Summary(name, 12);
        }
    }

    @Test
    void theExamples_doWhatThePageSays() throws Exception {
        NamesForTests.install();
        try (TestApplication app = TestApplication.with(Reports.class)
                .config("goose.worker.queues", "reports")
                .start()) {
            GooseClient goose = app.get(GooseClient.class);

            JobId id = goose.performAsync(Reports::build, "sales");
            Optional<Summary> summary = goose.await(id, Summary.class, Duration.ofSeconds(30));
            CompletionStage<Optional<Summary>> later = goose.awaitAsync(id, Summary.class, Duration.ofSeconds(30));
            assertThat(later.toCompletableFuture().join()).isEqualTo(summary);
            assertThat(summary).contains(new Summary("sales", 12));

            JobStatus status = goose.status(id);
            assertThat(status.state()).isEqualTo(JobStatus.State.SUCCEEDED);
        }
    }
}
