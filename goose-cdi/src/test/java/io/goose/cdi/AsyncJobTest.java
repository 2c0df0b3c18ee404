package io.goose.cdi;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.AsyncJob;
import io.goose.GooseClient;
import io.goose.JobRun;
import io.goose.job.JobId;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AsyncJobTest {

    static final BlockingQueue<String> RUNS = new LinkedBlockingQueue<>();

    @ApplicationScoped
    static class Digest {
        @Inject
        Digest self;

        @Inject
        JobRun run;

        @AsyncJob(queue = "digests")
        void build(int pages) {
            RUNS.add(run.id() + " " + pages + " " + run.queue() + " "
                    + Thread.currentThread().getName());
        }

        @AsyncJob(queue = "digests")
        public JobId page(int number) {
            RUNS.add(String.valueOf(run.id()));
            if (number > 1) {
                self.page(number - 1); // another call, in a worker too, enqueues
            }
            return null;
        }

        @AsyncJob(broker = "reports", queue = "digests")
        void report() {
            RUNS.add("report on " + Thread.currentThread().getName());
        }

        @AsyncJob(queue = "digests")
        void twice() {
            RUNS.add("plain " + run.id());
            plain();
        }

        @AsyncJob(queue = "digests")
        void plain() {
            RUNS.add("inner " + run.id());
        }
    }

    private static TestApplication start() {
        return TestApplication.with(Digest.class)
                .config("goose.worker.queues", "digests")
                .config("goose.brokers", "main,reports")
                .config("goose.broker.reports.kind", "memory")
                .config("goose.broker.reports.worker.queues", "digests")
                .start();
    }

    @BeforeEach
    void forget() {
        RUNS.clear();
    }

    @Test
    void aCall_enqueuesAndTheBodyRunsOnAWorker() throws Exception {
        try (TestApplication app = start()) {
            app.get(Digest.class).build(7);
            assertThat(next()).contains(" 7 digests ").contains(" goose-main-job-");
        }
    }

    @Test
    void aMethodThatReturnsAnId_returnsTheJobs() throws Exception {
        try (TestApplication app = start()) {
            JobId id = app.get(Digest.class).page(1);
            assertThat(next()).isEqualTo(id.toString());
        }
    }

    @Test
    void aCallInsideAWorker_enqueuesAnotherJob() throws Exception {
        try (TestApplication app = start()) {
            app.get(Digest.class).page(3);
            List<String> ids = List.of(next(), next(), next());
            assertThat(ids).doesNotHaveDuplicates();
        }
    }

    @Test
    void theAnnotationsBroker_getsTheJob() throws Exception {
        try (TestApplication app = start()) {
            app.get(Digest.class).report();
            assertThat(next()).startsWith("report on ");
        }
    }

    @Test
    void aCallOnThis_isAPlainCall() throws Exception {
        try (TestApplication app = start()) {
            app.get(Digest.class).twice();
            String outer = next();
            assertThat(next()).isEqualTo(outer.replace("plain", "inner"));
        }
    }

    @Test
    void aMethodReference_runsTheBodyOnce() throws Exception {
        try (TestApplication app = start()) {
            JobId id = app.get(GooseClient.class).performAsync(Digest::build, 9);
            assertThat(next()).startsWith(id + " 9 digests ");
            app.get(Digest.class).plain();
            assertThat(next()).startsWith("inner "); // nothing of the first came between
        }
    }

    private static String next() throws InterruptedException {
        String run = RUNS.poll(10, TimeUnit.SECONDS);
        assertThat(run).as("a job that ran within 10 s").isNotNull();
        return run;
    }
}
