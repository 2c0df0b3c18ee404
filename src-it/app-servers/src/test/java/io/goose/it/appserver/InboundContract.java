package io.goose.it.appserver;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.json.JsonObject;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** An application whose jobs a message-driven bean runs, with threads of the server and the adapter's connections alone. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class InboundContract {

    private static final String NO_TRANSACTION = "6";

    private final AppServer.Kind kind;
    private Harness harness;

    InboundContract(AppServer.Kind kind) {
        this.kind = kind;
    }

    @BeforeAll
    void startServer() throws IOException {
        harness = new Harness(getClass().getSimpleName(), kind, Layout.WAR, AppServerContract.ownJdk(), true);
        harness.deployMonitor();
    }

    @AfterAll
    void stopServer() {
        if (harness != null) {
            harness.close();
        }
    }

    Harness harness() {
        return harness;
    }

    Harness.Application deploy() throws IOException {
        return harness.deploy("inbound", Archives.INBOUND, Map.of());
    }

    void perform(String job, String key) throws IOException {
        harness.post("/inbound/api/jobs/" + job + '/' + key);
    }

    private List<String> loops() throws IOException {
        return harness.threads().stream()
                .map(thread -> thread.getString("name"))
                .filter(name -> name.startsWith("goose-inbound"))
                .toList();
    }

    void isEmpty() throws IOException {
        Harness.await("an empty queue", () -> harness.get("/inbound/api/jobs").equals("0 0 0"));
    }

    @Test
    void jobsRunInTheBean_withoutATransaction_andAreRetriedByOurRules() throws IOException {
        String looking = harness.key();
        String failing = harness.key();
        try (Harness.Application application = deploy()) {
            perform("look", looking);
            perform("failOnce", failing);

            JsonObject seen = harness.records().await(looking);
            assertThat(seen.getString("thread")).startsWith("goose-inbound-job-");
            assertThat(seen.getString("module")).isEqualTo("inbound");
            assertThat(seen.getString("loadsApplication")).isEqualTo("true");
            assertThat(seen.getString("transaction")).isEqualTo(NO_TRANSACTION);
            assertThat(harness.records().await(failing, 2))
                    .extracting(record -> record.getInt("attempt"))
                    .containsExactly(1, 2);
            isEmpty();
        }
    }

    @Test
    void anUndeployment_interruptsAndGivesBack_andLeavesNoThread() throws IOException {
        String held = harness.key();
        try (Harness.Application application = deploy()) {
            perform("hold", held);
            harness.records().await(held);
            assertThat(loops()).hasSizeGreaterThanOrEqualTo(6);
        }
        assertThat(harness.records().now(held))
                .extracting(record -> record.getString("what"))
                .containsExactly("begun", "interrupted");
        assertThat(loops()).isEmpty();

        harness.finish(held);
        try (Harness.Application again = deploy()) {
            harness.records().await(held, 3);
            isEmpty();
        }
        assertThat(harness.records().now(held))
                .extracting(record -> record.getInt("attempt"))
                .as("the interrupt was no attempt")
                .containsExactly(1, 1, 1);
    }
}
