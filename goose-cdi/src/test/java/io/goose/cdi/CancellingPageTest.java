package io.goose.cdi;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.GooseClient;
import io.goose.Job;
import io.goose.JobFailureHandler;
import io.goose.JobRun;
import io.goose.JobTimeoutException;
import io.goose.Snooze;
import io.goose.job.CancelResult;
import io.goose.job.JobId;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The example of the page about cancelling: when it changes, so does {@code docs/cancelling.md}. */
@Timeout(180)
class CancellingPageTest {

    private static final CountDownLatch RENDERING = new CountDownLatch(1);
    private static final BlockingQueue<String> ENDS = new LinkedBlockingQueue<>();
    private static final AtomicInteger LOOKS = new AtomicInteger();

    @ApplicationScoped
    static class Archive {
        boolean isLocked() {
            return LOOKS.incrementAndGet() == 1;
        }

        List<Long> pages(long customer) {
            return List.of(customer);
        }

        void render(long page) {
            RENDERING.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException asked) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("page " + page + " is not rendered", asked);
            }
        }
    }

    @ApplicationScoped
    static class Reports {
        @Inject
        JobRun run;

        @Inject
        Archive archive;

        @Job(queue = "reports", timeout = "PT10M", noRetryOn = JobTimeoutException.class)
        public void build(long customer) {
            if (archive.isLocked()) {
                throw new Snooze(Duration.ofMillis(1));
            }
            for (long page : archive.pages(customer)) {
                if (run.isCancelled()) {
                    throw new IllegalStateException("it was to end");
                }
                archive.render(page);
            }
        }
    }

    @ApplicationScoped
    static class Watcher implements JobFailureHandler {
        @Override
        public void onCancelled(JobRun run) {
            ENDS.add(run.id() + " in attempt " + run.attempt() + ", to end: " + run.isCancelled());
        }
    }

    @Test
    void aReport_isCancelled() throws Exception {
        NamesForTests.install();
        try (TestApplication app = TestApplication.with(Reports.class, Archive.class, Watcher.class)
                .config("goose.worker.queues", "reports")
                .start()) {
            GooseClient goose = app.get(GooseClient.class);
            JobId id = goose.with(o -> o.deadlineIn(Duration.ofHours(1))).performAsync(Reports::build, 42L);
            assertThat(RENDERING.await(60, TimeUnit.SECONDS)).isTrue();

            CancelResult result = goose.cancel(id);

            assertThat(result).isEqualTo(CancelResult.ASKED);
            assertThat(ENDS.poll(60, TimeUnit.SECONDS)).isEqualTo(id + " in attempt 1, to end: true");
        }
    }
}
