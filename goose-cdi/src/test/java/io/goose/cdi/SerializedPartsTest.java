package io.goose.cdi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.goose.GooseBroker;
import io.goose.GooseClient;
import io.goose.Job;
import io.goose.JobRun;
import io.goose.Workers;
import io.goose.admin.QueueAdmin;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.SessionScoped;
import jakarta.inject.Inject;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import org.junit.jupiter.api.Test;

/** What is injected may be a field of a bean that the server writes down: in a session, or a stateful one. */
class SerializedPartsTest {

    @ApplicationScoped
    static class Mailer {
        @Job
        public void send() {}
    }

    @SessionScoped
    static class Basket implements Serializable {
        private static final long serialVersionUID = 1;

        @Inject
        GooseClient goose;

        @Inject
        @GooseBroker("reports")
        GooseClient reports;

        @Inject
        QueueAdmin admin;

        @Inject
        @GooseBroker("reports")
        QueueAdmin reportsAdmin;

        @Inject
        JobRun run;

        @Inject
        Workers workers;
    }

    private static TestApplication start() {
        return TestApplication.with(Mailer.class, Basket.class)
                .config("goose.worker.enabled", "false")
                .config("goose.brokers", "main,reports")
                .config("goose.broker.reports.kind", "memory")
                .start();
    }

    @Test
    void whatIsInjected_canBeWrittenAndReadByAnotherDeployment() throws Exception {
        byte[] written;
        try (TestApplication app = start()) {
            written = written(injected(app));
        }
        try (TestApplication app = start()) {
            Basket read = read(written);
            read.goose.performAsync(Mailer::send);
            read.reports.performAsync(Mailer::send);
            read.reports.performAsync(Mailer::send);
            assertThat(read.admin.stats("default").waiting()).isEqualTo(1);
            assertThat(read.reportsAdmin.stats("default").waiting()).isEqualTo(2);
            assertThat(app.get(QueueAdmin.class).stats("default").waiting()).isEqualTo(1);
            read.workers.stop();
            assertThat(app.get(Workers.class).isRunning()).isFalse();
            assertThatThrownBy(read.run::id).hasMessageStartingWith("GOOSE-4101");
        }
    }

    @Test
    void whereThereIsNoApplication_whatWasReadSaysSo() throws Exception {
        Basket read;
        try (TestApplication app = start()) {
            read = read(written(injected(app)));
        }
        assertThatThrownBy(() -> read.workers.isRunning())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("GOOSE-2206");
    }

    private static Basket injected(TestApplication app) {
        Basket basket = new Basket();
        basket.goose = app.get(GooseClient.class);
        basket.reports = app.get(GooseClient.class, GooseBroker.Literal.of("reports"));
        basket.admin = app.get(QueueAdmin.class);
        basket.reportsAdmin = app.get(QueueAdmin.class, GooseBroker.Literal.of("reports"));
        basket.run = app.get(JobRun.class);
        basket.workers = app.get(Workers.class);
        return basket;
    }

    private static byte[] written(Basket basket) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(basket);
        }
        return bytes.toByteArray();
    }

    private static Basket read(byte[] written) throws Exception {
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(written))) {
            return (Basket) in.readObject();
        }
    }
}
