package io.goose.it.appserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The photo studio on a server that has nothing to measure, to trace or to tell its health with. */
abstract class UnmonitoredContract {

    private final AppServer.Kind kind;

    UnmonitoredContract(AppServer.Kind kind) {
        this.kind = kind;
    }

    @Test
    void theStudio_deploys_runsItsJobs_andStops() throws IOException {
        try (StudioServer studio = new StudioServer(kind, getClass(), Map.of())) {
            studio.deploy();
            AppServer server = studio.server();
            assertThat(server.health()).as("nobody asks for health").doesNotContain("goose-ready");
            studio.orderArchive();
            Harness.await(
                    () -> "the archive is packed: " + server.log().since(0),
                    () -> Files.exists(studio.gallery()) && packed(studio.gallery()));
            studio.undeploy();
            assertThat(server.log().since(0))
                    .doesNotContain("GOOSE-4151", "GOOSE-4152", "GOOSE-4153", "NoClassDefFoundError");
        }
    }

    private static boolean packed(Path gallery) throws IOException {
        try (var files = Files.walk(gallery)) {
            return files.anyMatch(file -> file.toString().endsWith(".zip"));
        } catch (UncheckedIOException gone) { // a job moves files there meanwhile
            return false;
        }
    }
}
