package io.goose.cdi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.goose.Enqueued;
import io.goose.GooseClient;
import io.goose.Job;
import io.goose.JobCall;
import io.goose.Unique;
import io.goose.UniqueJob;
import io.goose.job.JobId;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The examples of the page about unique jobs: when they change, so does {@code docs/unique-jobs.md}. */
@Timeout(180)
class UniquePageTest {

    @ApplicationScoped
    static class Search {
        @Job(queue = "index")
        @UniqueJob(scope = Unique.Scope.WAITING, arguments = 0)
        public void index(long document, String reason) {}

        @Job(queue = "index")
        public void rebuild(String catalogue) {}
    }

    @ApplicationScoped
    static class Mistaken {
        @Job
        @UniqueJob(lasting = "an hour")
        public void run() {}
    }

    @Test
    void theExamples_doWhatThePageSays() throws Exception {
        NamesForTests.install();
        try (TestApplication app = TestApplication.with(Search.class)
                .config("goose.worker.enabled", "false")
                .start()) {
            GooseClient goose = app.get(GooseClient.class);

            JobId first = goose.performAsync(Search::index, 7L, "edited");
            JobId second = goose.performAsync(Search::index, 7L, "moved");
            assertThat(second).isEqualTo(first);
            assertThat(goose.performAsync(Search::index, 8L, "edited")).isNotEqualTo(first);

            GooseClient nightly = goose.with(o -> o.unique(Unique.untilEnded().per(Duration.ofDays(1))));
            nightly.performAsync(Search::rebuild, "books");

            GooseClient calm =
                    goose.with(o -> o.unique(Unique.untilEnded().byHandler().debouncing()));
            Enqueued enqueued = calm.enqueueIn(Duration.ofMinutes(1), JobCall.of(Search::rebuild, "books"));
            assertThat(enqueued.isAdded()).isTrue();
            Enqueued again = calm.enqueueIn(Duration.ofMinutes(1), JobCall.of(Search::rebuild, "films"));
            assertThat(again).isEqualTo(new Enqueued(enqueued.id(), Enqueued.Outcome.REPLACED));
        }
    }

    @Test
    void aMistakeInTheAnnotation_failsTheDeployment() {
        NamesForTests.install();
        TestApplication.Builder app = TestApplication.with(Mistaken.class).config("goose.worker.enabled", "false");

        assertThatThrownBy(() -> app.start().close())
                .hasStackTraceContaining("GOOSE-4128")
                .hasStackTraceContaining("an hour");
    }
}
