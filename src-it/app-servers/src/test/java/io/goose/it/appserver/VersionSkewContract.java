package io.goose.it.appserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.broker.jca.Edition;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** An application whose library was built as another version than the adapter, which stands alone. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class VersionSkewContract {

    private static final String VERSION = "9.9.9";
    private static final String PROBE = "probe";

    private final AppServer.Kind kind;
    private Harness harness;

    VersionSkewContract(AppServer.Kind kind) {
        this.kind = kind;
    }

    @BeforeAll
    void startServer() throws IOException {
        harness = new Harness(getClass().getSimpleName(), kind, Layout.WAR, AppServerContract.ownJdk(), true);
    }

    @AfterAll
    void stopServer() {
        if (harness != null) {
            harness.close();
        }
    }

    @Test
    void aNewerApplication_worksWithAnOlderAdapter() throws IOException {
        harness.server().deploy(PROBE, pack(new Edition(VERSION, Archives.LIBRARY_SOURCES).extended()));
        long begun = harness.server().log().length();
        try {
            for (String into : List.of("rest", "bean", "ejb")) {
                String key = harness.key();
                String id = harness.post("/probe/api/jobs/injected/" + into + "/" + key);
                assertThat(harness.records().await(key).getString("run")).isEqualTo(id);
            }
        } finally {
            harness.server().undeploy(PROBE);
        }
        assertThat(harness.server().log().since(begun))
                .doesNotContain("ClassCastException", "LinkageError", "NoSuchMethodError", "GOOSE-316", "GOOSE-2372");
    }

    @Test
    void anApplicationThatSpeaksAnotherVersionOfTheBoundary_doesNotStart_andTheLogNamesBothVersions()
            throws IOException {
        String said =
                harness.server().deployInVain(PROBE, pack(new Edition(VERSION, Archives.LIBRARY_SOURCES).speaking(2)));

        assertThat(said)
                .contains("GOOSE-3161: the application (Goose " + VERSION
                        + ") speaks version 2 to the resource adapter (Goose ")
                .containsPattern(
                        "resource adapter \\(Goose [0-9][^)]*\\), which speaks version 1; deploy the adapter of"
                                + " the application's version")
                .doesNotContain("ClassCastException");
    }

    private Path pack(Edition edition) throws IOException {
        Path work = harness.directory().resolve("edition-" + harness.key());
        List<Path> classPath = new ArrayList<>(Archives.libraries(Archives.PROBE, work.resolve("lib")));
        classPath.add(api());
        Path classes = work.resolve("classes");
        edition.compile(
                classPath.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator)), classes);
        return Archives.withLibrary(work.resolve(Archives.PROBE.getFileName()), Archives.PROBE, classes, VERSION);
    }

    /** Of Jakarta Connectors, as a server has it. */
    private static Path api() throws IOException {
        try (Stream<Path> modules = Files.walk(Servers.WILDFLY.resolve("modules"))) {
            return modules.filter(file -> file.getFileName().toString().startsWith("jakarta.resource-api-"))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
