package io.goose.it.appserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** An application whose default broker is the resource adapter's: the same tests as with a broker of its own. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class AdapterContract implements InjectionTests, AsyncJobTests, RecurringTests {

    private final AppServer.Kind kind;
    private final Layout layout;
    private Harness harness;

    AdapterContract(AppServer.Kind kind, Layout layout) {
        this.kind = kind;
        this.layout = layout;
    }

    @BeforeAll
    void startServer() throws IOException {
        harness = new Harness(getClass().getSimpleName(), kind, layout, AppServerContract.ownJdk(), true);
        harness.deployMonitor();
    }

    @AfterAll
    void stopServer() {
        if (harness != null) {
            harness.close();
        }
    }

    @BeforeEach
    void deploy() throws IOException {
        harness.deployProbe();
    }

    @Override
    public Harness harness() {
        return harness;
    }

    @Test
    void theWorker_worksThroughTheAdapter_andTheExtensionIsTheApplicationsAlone() throws IOException {
        harness.deployProbe();
        String log = harness.server().log().since(0);

        assertThat(log).contains("the worker of broker 'main' (resource adapter at eis/goose: ");
        assertThat(log.split("GOOSE-2211: started", -1))
                .as("once for each application that has Goose in it, and not for the adapter")
                .hasSize(1 + applications());
    }

    /** How many have Goose in them. */
    int applications() {
        return 1;
    }
}
