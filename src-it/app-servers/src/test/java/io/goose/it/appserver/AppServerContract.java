package io.goose.it.appserver;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;

/** Everything the library promises inside an application server, on one server in one layout. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class AppServerContract
        implements InjectionTests,
                JobContextTests,
                AsyncJobTests,
                SettingsTests,
                MistakeTests,
                DeploymentTests,
                TwoApplicationsTests,
                ThreadTests,
                RecurringTests {

    private final AppServer.Kind kind;
    private final Layout layout;
    private final Path javaHome;
    private Harness harness;

    AppServerContract(AppServer.Kind kind, Layout layout, Path javaHome) {
        this.kind = kind;
        this.layout = layout;
        this.javaHome = javaHome;
    }

    /** The JDK that runs the tests. */
    static Path ownJdk() {
        return Path.of(System.getProperty("java.home"));
    }

    /** The JDK 25 that the build found. */
    static Path jdk25() {
        return Path.of(System.getProperty("it.jdk25"));
    }

    @BeforeAll
    void startServer() throws IOException {
        harness = new Harness(getClass().getSimpleName(), kind, layout, javaHome);
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
}
