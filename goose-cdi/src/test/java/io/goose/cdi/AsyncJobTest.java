package io.goose.cdi;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.AsyncJob;
import io.goose.GooseClient;
import io.goose.JobRun;
import io.goose.engine.LogCapture;
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

    abstract static class Hidden<T> {
        public void handle(T value) {
            RUNS.add("hidden " + value);
        }
    }

    @ApplicationScoped
    public static class Bridged extends Hidden<String> {
        @AsyncJob
        @Override
        public void handle(String value) {
            RUNS.add("bridged " + value);
        }
    }

    abstract static class HiddenContract<T> {
        public abstract void handle(T value);
    }

    @ApplicationScoped
    public static class Fine extends HiddenContract<String> {
        @AsyncJob(queue = "digests")
        @Override
        public void handle(String value) {
            RUNS.add("fine " + Thread.currentThread().getName());
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

    @Test
    void anAsyncJobThatIsNotPublic_getsAWarning() {
        try (LogCapture log = LogCapture.open()) {
            start().close();
            assertThat(log.messages())
                    .contains(
                            "WARNING GOOSE-2127: job io.goose.cdi.AsyncJobTest$Digest#plain() is an @AsyncJob that is not"
                                    + " public, so that a call through the bean's own proxy from one of its intercepted methods"
                                    + " may run it at once; make it public")
                    .noneMatch(message -> message.contains("2127") && message.contains("#page("));
        }
    }

    @Test
    void anAsyncJobThatOverridesAGenericMethodOfAHiddenClass_getsAWarning() {
        try (LogCapture log = LogCapture.open()) {
            TestApplication.with(Bridged.class).start().close();
            assertThat(log.messages())
                    .contains(
                            "WARNING GOOSE-2127: job io.goose.cdi.AsyncJobTest$Bridged#handle(String) is an @AsyncJob that"
                                    + " overrides a generic method of io.goose.cdi.AsyncJobTest$Hidden, which is not public, so"
                                    + " that a call through that class may run it at once; make that class public, or its method"
                                    + " abstract");
        }
    }

    @Test
    void anAsyncJobThatImplementsAnAbstractMethod_isEnqueuedThroughItToo() throws Exception {
        try (LogCapture log = LogCapture.open();
                TestApplication app = TestApplication.with(Fine.class)
                        .config("goose.worker.queues", "digests")
                        .start()) {
            HiddenContract<String> contract = app.get(Fine.class);
            contract.handle("x");
            assertThat(next()).startsWith("fine goose-main-job-");
            assertThat(log.count("GOOSE-2127")).isZero();
        }
    }

    private static String next() throws InterruptedException {
        String run = RUNS.poll(60, TimeUnit.SECONDS);
        assertThat(run).as("a job that ran within 60 s").isNotNull();
        return run;
    }
}
