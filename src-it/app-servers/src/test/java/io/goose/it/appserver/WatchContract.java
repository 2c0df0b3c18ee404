package io.goose.it.appserver;

import java.io.IOException;
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
abstract class WatchContract implements TracingTests, JobLogTests, EventTests, SecretTests {

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
                receiver.environment());
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
