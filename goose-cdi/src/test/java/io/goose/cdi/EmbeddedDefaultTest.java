package io.goose.cdi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.goose.GooseClient;
import io.goose.Job;
import io.goose.engine.Eventually;
import io.goose.engine.LogCapture;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An application that names no broker and says {@code goose.embedded=true}. */
class EmbeddedDefaultTest {

    private static final String SOURCE = "java:comp/DefaultDataSource";

    static final BlockingQueue<String> RUNS = new LinkedBlockingQueue<>();

    @ApplicationScoped
    static class Mailer {
        @Job
        public void send(String to) {
            RUNS.add(to);
        }
    }

    private static TestApplication.Builder application() {
        return TestApplication.with(Mailer.class)
                .without("goose.broker.main.kind")
                .config("goose.embedded", "true");
    }

    @BeforeEach
    void install() {
        NamesForTests.install();
        RUNS.clear();
    }

    @AfterEach
    void unbind() {
        NamesForTests.unbind(SOURCE);
    }

    @Test
    void itsJobs_areInTheServersDataSource_andItIsSaidIfThatIsInMemory() {
        JdbcConnectionPool pool = JdbcConnectionPool.create("jdbc:h2:mem:embedded", "sa", "");
        NamesForTests.bind(SOURCE, pool);
        try (LogCapture log = LogCapture.open();
                TestApplication app = application().start()) {
            app.get(GooseClient.class).performAsync(Mailer::send, "somebody");

            assertThat(Eventually.next(RUNS)).isEqualTo("somebody");
            assertThat(log.messages())
                    .anyMatch(message -> message.contains("GOOSE-3050: jobs are kept in H2"))
                    .anyMatch(message -> message.startsWith("WARNING GOOSE-3051") && message.contains("not durable"));
        } finally {
            pool.dispose();
        }
    }

    /** On WildFly in an EAR the first start is on a thread without names: a web module starts the engine, with them. */
    @Test
    void aThreadWithoutNames_isNotBlamedOnTheDataSource() {
        assertThatThrownBy(application().without(TestApplication.Threads.class)::start)
                .hasStackTraceContaining("GOOSE-2203: no managed thread factory")
                .satisfies(failed -> assertThat(failed.toString()).doesNotContain("GOOSE-2031"));
    }

    @Test
    void aDataSourceThatIsNotThere_isNamed() {
        assertThatThrownBy(application()::start)
                .hasStackTraceContaining(
                        "GOOSE-3046: no data source is bound at goose.broker.main.datasource='" + SOURCE);
    }
}
