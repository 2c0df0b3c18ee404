package io.goose.it.appserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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
            String log = harness.server().log().since(0);
            harness.close();
            assertThat(log)
                    .as("classes of the adapter that meet those of an application, in any test of this class")
                    .doesNotContain(
                            "ClassCastException",
                            "NoClassDefFoundError",
                            "NoSuchMethodError",
                            "LinkageError",
                            "IncompatibleClassChangeError",
                            "ServiceConfigurationError");
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

    /** Neither in what is deployed, nor in what the server is told. */
    @Test
    void noClassLoaderIsConfigured_anywhere() throws IOException {
        harness.deployProbe();
        for (Path archive : deployed()) {
            Map<String, byte[]> entries = Archives.entries(archive);
            assertThat(entries.keySet())
                    .as(archive.toString())
                    .noneMatch(name -> name.contains("jboss-deployment-structure")
                            || name.contains("jboss-classloading")
                            || name.endsWith("jboss-all.xml"));
            assertThat(new String(entries.get("META-INF/MANIFEST.MF"), StandardCharsets.UTF_8))
                    .as(archive.toString())
                    .doesNotContain("Dependencies:", "Class-Path:");
        }
        List<Path> told = configuration();
        assertThat(told).isNotEmpty();
        for (Path file : told) {
            assertThat(Files.readString(file))
                    .as(file.toString())
                    .doesNotContain(
                            "<classloader",
                            "classProviderRef",
                            "commonLibraryRef",
                            "privateLibraryRef",
                            "<global-modules",
                            "<global-directories");
        }
    }

    private List<Path> deployed() {
        return layout.hasSecondApplication()
                ? List.of(harness.directory().resolve("probe.ear"), Archives.PROBE, Archives.SECOND, Archives.ADAPTER)
                : List.of(Archives.PROBE, Archives.ADAPTER);
    }

    private List<Path> configuration() throws IOException {
        return Servers.files(harness.directory()).stream()
                .filter(file -> file.endsWith("standalone.xml")
                        || file.endsWith("server.xml")
                        || file.getParent().endsWith("configDropins/overrides"))
                .toList();
    }
}
