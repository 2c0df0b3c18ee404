package io.goose.it.appserver;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A server with the photo studio, of which nothing is configured but where its gallery is. */
final class StudioServer implements AutoCloseable {

    private static final String STUDIO = "goose-studio";

    private final AppServer.Kind kind;
    private final Path gallery;
    private final AppServer server;

    /**
     * Starts the server, without the studio.
     *
     * @param test what to call its directory
     * @param environment what the server needs for its own sake
     */
    StudioServer(AppServer.Kind kind, Class<?> test, Map<String, String> environment) throws IOException {
        this.kind = kind;
        Path directory = Path.of(System.getProperty("it.work", "target/it"), test.getSimpleName())
                .toAbsolutePath();
        Servers.delete(directory);
        Files.createDirectories(directory);
        gallery = directory.resolve("gallery");
        Map<String, String> all = new HashMap<>(environment);
        all.put("STUDIO_DIR", gallery.toString());
        server = kind.start(new AppServer.Settings(AppServerContract.ownJdk(), directory, all, List.of(), List.of()));
    }

    AppServer server() {
        return server;
    }

    /** Where the studio keeps its files, once it has begun. */
    Path gallery() {
        return gallery;
    }

    void deploy() throws IOException {
        server.deploy(STUDIO, Archives.STUDIO);
    }

    void undeploy() throws IOException {
        server.undeploy(STUDIO);
    }

    /** Has the studio pack its archive, in a job. */
    void orderArchive() throws IOException {
        new Requests(server.uri()).post(kind.root(STUDIO) + "/api/workings/archive");
    }

    @Override
    public void close() {
        server.close();
    }
}
