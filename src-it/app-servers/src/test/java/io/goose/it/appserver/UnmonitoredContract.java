package io.goose.it.appserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The photo studio on a server that has nothing to measure, to trace or to tell its health with. */
abstract class UnmonitoredContract {

    private static final String STUDIO = "goose-studio";

    private final AppServer.Kind kind;

    UnmonitoredContract(AppServer.Kind kind) {
        this.kind = kind;
    }

    @Test
    void theStudio_deploys_runsItsJobs_andStops() throws IOException {
        Path directory = Path.of(
                        System.getProperty("it.work", "target/it"), getClass().getSimpleName())
                .toAbsolutePath();
        Servers.delete(directory);
        Files.createDirectories(directory);
        Map<String, String> environment =
                Map.of("STUDIO_DIR", directory.resolve("gallery").toString());
        try (AppServer server = kind.start(
                new AppServer.Settings(AppServerContract.ownJdk(), directory, environment, List.of(), List.of()))) {
            server.deploy(STUDIO, Archives.STUDIO);
            assertThat(server.health()).as("nobody asks for health").doesNotContain("goose-ready");
            Requests requests = new Requests(server.uri());
            requests.post(kind.root(STUDIO) + "/api/workings/archive");
            Harness.await(
                    () -> "the archive is packed: " + server.log().since(0),
                    () -> Files.exists(directory.resolve("gallery")) && packed(directory));
            server.undeploy(STUDIO);
            assertThat(server.log().since(0))
                    .doesNotContain("GOOSE-4151", "GOOSE-4152", "GOOSE-4153", "NoClassDefFoundError");
        }
    }

    private static boolean packed(Path directory) throws IOException {
        try (var files = Files.walk(directory.resolve("gallery"))) {
            return files.anyMatch(file -> file.toString().endsWith(".zip"));
        } catch (UncheckedIOException gone) { // a job moves files there meanwhile
            return false;
        }
    }
}
