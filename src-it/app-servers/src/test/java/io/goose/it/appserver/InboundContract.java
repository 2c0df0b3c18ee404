package io.goose.it.appserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** An application whose jobs a message-driven bean runs, with threads of the server and the adapter's connections alone. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class InboundContract implements BeanTests {

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

    @Override
    public Harness harness() {
        return harness;
    }

    Harness.Application deploy() throws IOException {
        return harness.deploy("inbound", Archives.INBOUND, Map.of());
    }

    private List<String> loops() throws IOException {
        return harness.threads().stream()
                .map(thread -> thread.getString("name"))
                .filter(name -> name.startsWith("goose-inbound"))
                .toList();
    }

    @Test
    void jobsRunInTheBean_withoutATransaction_andAreRetriedByOurRules() throws IOException {
        try (Harness.Application application = deploy()) {
            theBeanRunsTheJobsOfItsModule();
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
            awaitNoJobs();
        }
        assertThat(harness.records().now(held))
                .extracting(record -> record.getInt("attempt"))
                .as("the interrupt was no attempt")
                .containsExactly(1, 1, 1);
    }
}
