package io.goose.cdi;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.GooseBroker;
import io.goose.GooseClient;
import io.goose.Job;
import io.goose.JobRun;
import io.goose.Workers;
import io.goose.admin.QueueAdmin;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jboss.weld.junit5.EnableWeld;
import org.jboss.weld.junit5.WeldInitiator;
import org.jboss.weld.junit5.WeldSetup;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@EnableWeld
class InjectionTest {

    static final BlockingQueue<String> RUNS = new LinkedBlockingQueue<>();

    @ApplicationScoped
    static class Mailer {
        @Inject
        JobRun run;

        @Job
        void send(String to, long id) {
            RUNS.add(to + id + " attempt " + run.attempt() + " on " + run.queue());
        }
    }

    @ApplicationScoped
    static class SignUp {
        @Inject
        GooseClient goose;

        @Inject
        @GooseBroker("reports")
        GooseClient reports;

        @Inject
        @GooseBroker("reports")
        QueueAdmin reportsAdmin;

        @Inject
        QueueAdmin admin;

        @Inject
        Workers workers;

        GooseClient goose() {
            return goose;
        }

        Workers workers() {
            return workers;
        }
    }

    private final TestApplication.Builder application = TestApplication.with(Mailer.class, SignUp.class)
            .config("goose.brokers", "main,reports")
            .config("goose.broker.reports.kind", "memory");

    @WeldSetup
    WeldInitiator container = WeldInitiator.of(application.prepare());

    @Inject
    SignUp signUp;

    @AfterEach
    void forgetTheConfiguration() {
        application.release();
    }

    @Test
    void anInjectedClient_enqueuesAndTheJobRuns() throws Exception {
        signUp.goose().performAsync(Mailer::send, "a", 1L);
        assertThat(RUNS.poll(60, TimeUnit.SECONDS)).isEqualTo("a1 attempt 1 on default");
        assertThat(signUp.workers().isRunning()).isTrue();
    }
}
