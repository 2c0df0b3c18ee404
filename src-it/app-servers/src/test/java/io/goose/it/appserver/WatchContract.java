package io.goose.it.appserver;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/** What is seen from outside of an application: traces, logs and events, on one server that has all of these. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
abstract class WatchContract implements TracingTests, JobLogTests, EventTests, HealthTests, RescueTests, SecretTests {

    private final AppServer.Kind kind;
    private TraceReceiver receiver;
    private Harness harness;

    WatchContract(AppServer.Kind kind) {
        this.kind = kind;
    }

    @BeforeAll
    void startServer() throws IOException {
        receiver = new TraceReceiver();
        harness = new Harness(
                getClass().getSimpleName(),
                kind,
                Layout.WAR,
                AppServerContract.ownJdk(),
                url -> Optional.empty(),
                new Broker(PASSWORD),
                environment());
        harness.deployMonitor();
    }

    /** A stop waits as long as a test wants, and WildFly's own checks, which wait for the end of a stop, are not asked. */
    private Map<String, String> environment() {
        Map<String, String> all = new HashMap<>(receiver.environment());
        all.put("GOOSE_WORKER_GRACE", "PT90S");
        all.put("MP_HEALTH_DISABLE_DEFAULT_PROCEDURES", "true");
        return all;
    }

    @AfterAll
    void stopServer() {
        if (harness != null) {
            harness.close();
        }
        receiver.close();
    }

    @BeforeEach
    void deploy() throws IOException {
        harness.deployProbe();
    }

    @Override
    public Harness harness() {
        return harness;
    }

    @Override
    public TraceReceiver receiver() {
        return receiver;
    }
}
