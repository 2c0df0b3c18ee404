package io.goose.cdi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.goose.AsyncJob;
import io.goose.Cron;
import io.goose.CronEntry;
import io.goose.GooseBroker;
import io.goose.GooseClient;
import io.goose.Job;
import io.goose.JobCall;
import io.goose.admin.BatchAdmin;
import io.goose.admin.CronAdmin;
import io.goose.engine.Eventually;
import io.goose.job.BatchId;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RecurringBeansTest {

    static final BlockingQueue<String> RUNS = new LinkedBlockingQueue<>();

    @BeforeEach
    void forgetTheRunsBefore() {
        RUNS.clear();
    }

    @ApplicationScoped
    static class Cleaner {
        @Job(name = "cleaner.sweep")
        @Cron("* * * * * *")
        void sweep() {
            RUNS.add("sweep");
        }

        @Job(name = "cleaner.empty")
        void empty() {
            RUNS.add("empty");
        }
    }

    @ApplicationScoped
    static class Operator {
        @Inject
        GooseClient goose;

        @Inject
        CronAdmin admin;

        @Inject
        @GooseBroker("reports")
        CronAdmin reports;

        @Inject
        BatchAdmin batches;

        @Inject
        @GooseBroker("reports")
        BatchAdmin batchesOfReports;

        CronAdmin admin() {
            return admin;
        }

        CronAdmin reports() {
            return reports;
        }

        BatchAdmin batches() {
            return batches;
        }

        BatchAdmin batchesOfReports() {
            return batchesOfReports;
        }

        GooseClient goose() {
            return goose;
        }
    }

    @ApplicationScoped
    static class Reporter {
        @AsyncJob(name = "reporter.build", broker = "reports")
        @Cron("* * * * * *")
        void build() {
            RUNS.add("build");
        }
    }

    @ApplicationScoped
    static class NoJob {
        @Cron("@daily")
        void lost() {}
    }

    @Test
    void annotatedBeans_recurAndTheirAdminIsInjected() {
        try (TestApplication application = TestApplication.with(Cleaner.class, Operator.class)
                .config("goose.brokers", "main,reports")
                .config("goose.broker.reports.kind", "memory")
                .start()) {
            Operator operator = application.get(Operator.class);
            assertThat(Eventually.next(RUNS)).isEqualTo("sweep");
            assertThat(operator.admin().find("cleaner.sweep")).isPresent();

            operator.goose()
                    .via("reports")
                    .performEvery(CronEntry.named("empty").schedule("@daily"), Cleaner::empty);

            assertThat(operator.reports().find("empty").orElseThrow().call().handler())
                    .isEqualTo("cleaner.empty");
            assertThat(operator.admin().find("empty")).isEmpty();
        }
    }

    @Test
    void annotatedBeansOfAnotherBroker_recurThere() {
        try (TestApplication application = TestApplication.with(Reporter.class, Operator.class)
                .config("goose.brokers", "main,reports")
                .config("goose.broker.reports.kind", "memory")
                .config("goose.broker.reports.worker.queues", "default")
                .start()) {
            Operator operator = application.get(Operator.class);

            assertThat(Eventually.next(RUNS)).isEqualTo("build");

            assertThat(operator.reports().find("reporter.build")).isPresent();
            assertThat(operator.admin().size()).isZero();
        }
    }

    @Test
    void theAdminOfBatches_isInjected() {
        try (TestApplication application = TestApplication.with(Cleaner.class, Operator.class)
                .config("goose.brokers", "main,reports")
                .config("goose.broker.reports.kind", "memory")
                .start()) {
            Operator operator = application.get(Operator.class);

            BatchId id = operator.goose()
                    .via("reports")
                    .performBatch(b -> b.runIn(Duration.ofHours(1)), List.of(JobCall.of(Cleaner::empty)));

            assertThat(operator.batchesOfReports().find(id)).isPresent();
            assertThat(operator.batches().find(id)).isEmpty();
        }
    }

    @Test
    void aMethodThatIsNoJob_failsTheDeployment() {
        TestApplication.Builder application = TestApplication.with(NoJob.class);

        assertThatThrownBy(application::start)
                .hasStackTraceContaining(
                        "GOOSE-2228: io.goose.cdi.RecurringBeansTest$NoJob#lost has @Cron, but is no job;"
                                + " annotate it with @Job too");
    }
}
