package io.goose.it.appserver;

import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;

/** One server with its Redis, the monitor and the probe in one layout. */
final class Harness implements AutoCloseable {

    /** How long a running job may go on when its application stops; short, so that the tests are. */
    static final Duration GRACE = Duration.ofSeconds(8);

    /** How long a test waits for anything, to end one that hangs; how fast something is, is not the question here. */
    static final Duration LIMIT = Duration.ofSeconds(180);

    private static final String PROBE = "probe";

    private final AtomicInteger keys = new AtomicInteger();
    private final Path directory;
    private final Path javaHome;
    private final Path archive;
    private final Layout layout;
    private final Broker broker;
    private final AppServer server;
    private final Requests requests;
    private final RecordFile records;
    // test thread only, like all of this class
    private boolean deployed;
    private boolean broken;

    /** One whose default broker the applications reach by themselves. */
    Harness(String name, AppServer.Kind kind, Layout layout, Path javaHome) throws IOException {
        this(name, kind, layout, javaHome, false);
    }

    /**
     * @param byAdapter whether the default broker is reached by the resource adapter
     */
    Harness(String name, AppServer.Kind kind, Layout layout, Path javaHome, boolean byAdapter) throws IOException {
        this(
                name,
                kind,
                layout,
                javaHome,
                url -> byAdapter
                        ? Optional.of(new AppServer.Adapter(
                                url, Optional.of(PROBE).filter(probe -> layout == Layout.EAR_WITH_ADAPTER)))
                        : Optional.empty());
    }

    /**
     * @param adapters the resource adapter for a broker with this address, if the default broker is reached by one
     */
    Harness(
            String name,
            AppServer.Kind kind,
            Layout layout,
            Path javaHome,
            Function<String, Optional<AppServer.Adapter>> adapters)
            throws IOException {
        this(name, kind, layout, javaHome, adapters, new Broker(), Map.of());
    }

    /** One on a broker of the test's own, which it closes, with more settings in the environment. */
    Harness(
            String name,
            AppServer.Kind kind,
            Layout layout,
            Path javaHome,
            Function<String, Optional<AppServer.Adapter>> adapters,
            Broker broker,
            Map<String, String> more)
            throws IOException {
        this.layout = layout;
        this.javaHome = javaHome;
        this.directory =
                Path.of(System.getProperty("it.work", "target/it"), name).toAbsolutePath();
        Servers.delete(directory);
        Files.createDirectories(directory);
        this.archive = layout.packProbe(directory);
        this.records = new RecordFile(directory.resolve("records.jsonl"));
        this.broker = broker;
        String url = broker.url().toString();
        Map<String, String> environment = new HashMap<>(Map.of(
                "IT_RECORDS", records.file().toString(),
                "GOOSE_BROKERS", "main,reports",
                "GOOSE_BROKER_REPORTS_URL", broker.url().resolve("/1").toString(),
                "GOOSE_BROKER_REPORTS_WORKER_QUEUES", "reports",
                "GOOSE_BROKER_REPORTS_WORKER_THREADS", "1",
                "GOOSE_WORKER_GRACE", GRACE.toString(),
                "GOOSE_WORKER_QUEUES", "default,second,long,waiting",
                "GOOSE_WORKER_THREDS", "2")); // nobody knows this one
        Optional<AppServer.Adapter> adapter = adapters.apply(url);
        environment.putAll(adapter.map(Harness::byAdapter).orElse(Map.of("GOOSE_BROKER_MAIN_URL", url)));
        environment.putAll(more);
        try {
            this.server = kind.start(new AppServer.Settings(
                    javaHome, directory, environment, ThreadStarts.options(directory), List.of(), adapter));
        } catch (IOException | RuntimeException | Error e) {
            broker.close();
            throw e;
        }
        this.requests = new Requests(server.uri());
    }

    private static Map<String, String> byAdapter(AppServer.Adapter adapter) {
        return Map.of("GOOSE_BROKER_MAIN_KIND", "jca", "GOOSE_BROKER_MAIN_JNDI", adapter.jndi());
    }

    Layout layout() {
        return layout;
    }

    Broker broker() {
        return broker;
    }

    AppServer server() {
        return server;
    }

    RecordFile records() {
        return records;
    }

    /** Where everything is that the server writes. */
    Path directory() {
        return directory;
    }

    void deployMonitor() throws IOException {
        server.deploy("monitor", Archives.MONITOR);
    }

    void deployProbe() throws IOException {
        if (broken) {
            throw new IllegalStateException("the probe could not be deployed before");
        }
        if (!deployed) {
            broken = true;
            server.deploy(PROBE, archive);
            broken = false;
            deployed = true;
        }
    }

    void undeployProbe() throws IOException {
        if (deployed) {
            deployed = false;
            server.undeploy(PROBE);
        }
    }

    /** Deploys another WAR in the layout of this harness; it is undeployed when it is closed. */
    Application deploy(String name, Path war, Map<String, String> settings) throws IOException {
        server.deploy(name, layout.pack(directory, name, war, settings));
        return () -> server.undeploy(name);
    }

    /** Deploys the second application with this bean, an alternative in it. */
    Application deployAlternative(String name, String bean, Map<String, String> settings) throws IOException {
        Path war = Archives.withAlternative(
                directory.resolve("alternative").resolve(name + ".war"), Archives.SECOND, bean);
        return deploy(name, war, settings);
    }

    /** Deploys the second application, unless it came with the probe. */
    Application deploySecond() throws IOException {
        return layout.hasSecondApplication() ? () -> {} : deploy("second", Archives.SECOND, Map.of());
    }

    /** Deploys an application that must not start, and returns what the server's log says of it. */
    String deployInVain(String name, Path war) throws IOException {
        return server.deployInVain(name, layout.pack(directory, name, war, Map.of()));
    }

    /** A deployed application. */
    interface Application extends AutoCloseable {
        @Override
        void close() throws IOException;
    }

    /** A key for records that no other test has. */
    String key() {
        return "k" + keys.incrementAndGet();
    }

    /** Posts to the probe and returns the answer. */
    String post(String path) throws IOException {
        return requests.post(path);
    }

    /** Posts; the answer comes later. */
    CompletableFuture<String> posting(String path) {
        return requests.posting(path);
    }

    /** Gets from the probe and returns the answer. */
    String get(String path) throws IOException {
        return requests.get(path);
    }

    /** The live threads of the server. */
    List<JsonObject> threads() throws IOException {
        try (JsonReader reader = Json.createReader(new StringReader(get("/monitor/api/threads")))) {
            JsonArray all = reader.readArray();
            return all.getValuesAs(JsonObject.class);
        }
    }

    /** The threads that Goose or its clients started since then, by number, with who started them. */
    Map<Long, String> threadsOfLibrary(Instant since) throws IOException {
        return ThreadStarts.byLibrary(javaHome, server.pid(), directory, since);
    }

    /** Tells the long job with this key to end. */
    void finish(String key) throws IOException {
        Files.createFile(directory.resolve(key + ".finish"));
    }

    /** Waits for a condition that something outside this JVM brings about. */
    static void await(String what, Check condition) throws IOException {
        await(() -> what, condition);
    }

    /** Waits for a condition that something outside this JVM brings about; what that is may depend on the last look. */
    static void await(Supplier<String> what, Check condition) throws IOException {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() - end > 0) {
                throw new AssertionError(what.get() + " did not happen within " + LIMIT);
            }
            ServerProcess.pause();
        }
    }

    /** A condition that asks the server. */
    interface Check {
        boolean holds() throws IOException;
    }

    @Override
    public void close() {
        server.close();
        broker.close();
    }
}
