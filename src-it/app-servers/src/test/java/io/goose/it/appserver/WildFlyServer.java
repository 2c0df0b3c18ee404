package io.goose.it.appserver;

import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonReader;
import jakarta.json.JsonString;
import java.io.File;
import java.io.IOException;
import java.io.StringReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * WildFly with a base directory of its own, so that the provisioned server stays as it is. It is told what to do through its
 * HTTP management interface, which here needs no password: it listens on the loopback address only.
 */
final class WildFlyServer implements AppServer {

    private static final Path HOME = Servers.WILDFLY;
    private static final List<String> MODULE_OPTIONS = List.of(
            "--add-exports=java.desktop/sun.awt=ALL-UNNAMED",
            "--add-exports=java.naming/com.sun.jndi.ldap=ALL-UNNAMED",
            "--add-exports=java.naming/com.sun.jndi.url.ldap=ALL-UNNAMED",
            "--add-exports=java.naming/com.sun.jndi.url.ldaps=ALL-UNNAMED",
            "--add-exports=jdk.naming.dns/com.sun.jndi.dns=ALL-UNNAMED",
            "--add-opens=java.base/java.lang=ALL-UNNAMED",
            "--add-opens=java.base/java.lang.invoke=ALL-UNNAMED",
            "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED",
            "--add-opens=java.base/java.io=ALL-UNNAMED",
            "--add-opens=java.base/java.net=ALL-UNNAMED",
            "--add-opens=java.base/java.security=ALL-UNNAMED",
            "--add-opens=java.base/java.util=ALL-UNNAMED",
            "--add-opens=java.base/java.util.concurrent=ALL-UNNAMED",
            "--add-opens=java.management/javax.management=ALL-UNNAMED",
            "--add-opens=java.naming/javax.naming=ALL-UNNAMED");

    // What applications log whose manifest names the profile; to the console too, which the tests read.
    private static final String LOGGING_PROFILE = """
            <logging-profiles>
              <logging-profile name="probe">
                <console-handler name="CONSOLE"/>
                <file-handler name="PROBE"><file relative-to="jboss.server.log.dir" path="probe.log"/></file-handler>
                <file-handler name="JSON">
                  <formatter><named-formatter name="JSON"/></formatter>
                  <file relative-to="jboss.server.log.dir" path="probe-json.log"/>
                </file-handler>
                <root-logger>
                  <level name="INFO"/>
                  <handlers><handler name="CONSOLE"/><handler name="PROBE"/><handler name="JSON"/></handlers>
                </root-logger>
                <formatter name="JSON"><json-formatter/></formatter>
              </logging-profile>
            </logging-profiles>
            """;

    private static final String POSTGRESQL_DRIVER = """
        <driver name="postgresql" module="org.postgresql">
          <driver-class>org.postgresql.Driver</driver-class>
          <xa-datasource-class>org.postgresql.xa.PGXADataSource</xa-datasource-class>
        </driver>
        """;
    private static final String POSTGRESQL_MODULE = """
        <module xmlns="urn:jboss:module:1.9" name="org.postgresql">
          <resources><resource-root path="postgresql.jar"/></resources>
          <dependencies><module name="java.management"/><module name="java.naming"/><module name="java.sql"/>
            <module name="java.transaction.xa"/><module name="java.logging"/><module name="java.xml"/>
            <module name="java.security.jgss"/></dependencies>
        </module>
        """;

    /** It otherwise looks for prepared transactions every two minutes, and ends them the second time. */
    static final List<String> RECOVERING_SOON = List.of(
            "-Dcom.arjuna.ats.arjuna.recovery.periodicRecoveryPeriod=5",
            "-Dcom.arjuna.ats.arjuna.recovery.recoveryBackoffPeriod=1",
            "-Dcom.arjuna.ats.jta.orphanSafetyInterval=1000");

    private static final Map.Entry<String, String> CONNECTIONS = Map.entry("connection-definitions", "measured");

    private final HttpClient http = HttpClient.newHttpClient();
    private final Settings settings;
    private final LogFile log;
    private final Path console;
    private final Path base;
    private final Path modules;
    private final int httpPort = ServerProcess.freePort();
    private final int managementPort = ServerProcess.freePort();
    // One client for all: with a hundred connections open WildFly takes no more until most of them have timed out.
    private final Requests management = new Requests(URI.create("http://127.0.0.1:" + managementPort));
    private ServerProcess process; // test thread only

    WildFlyServer(Settings settings, WildFlyMonitoring monitoring) throws IOException {
        this.settings = settings;
        base = settings.directory().resolve("standalone");
        modules = settings.directory().resolve("modules");
        console = settings.directory().resolve("console.log");
        log = new LogFile(console);
        Servers.copy(HOME.resolve("standalone"), base);
        Path configuration = base.resolve("configuration");
        Path xml = configuration.resolve("standalone.xml");
        Files.writeString(
                xml,
                monitoring
                        .edit(Files.readString(xml))
                        .replace(" http-authentication-factory=\"management-http-authentication\"", "")
                        .replaceFirst(
                                "(?s)(<subsystem xmlns=\"urn:jboss:domain:logging:.*?)(</subsystem>)",
                                "$1" + LOGGING_PROFILE + "$2")
                        .replaceFirst("<datasources>", "<datasources>" + dataSources(settings.dataSources()))
                        .replaceFirst("<drivers>", "<drivers>" + (needsPostgreSql(settings) ? POSTGRESQL_DRIVER : ""))
                        .replace(" sasl-authentication-factory=\"management-sasl-authentication\"", ""));
        if (needsPostgreSql(settings)) {
            Path module = Files.createDirectories(modules.resolve("org/postgresql/main"));
            Files.copy(Servers.POSTGRESQL, module.resolve("postgresql.jar"));
            Files.writeString(module.resolve("module.xml"), POSTGRESQL_MODULE);
        }
        start();
        if (settings.adapter()
                .filter(adapter -> adapter.application().isEmpty())
                .isPresent()) {
            deploy("goose-jca-adapter", Archives.ADAPTER);
        }
        if (settings.adapter().filter(adapter -> !adapter.isOfTheArchive()).isPresent()) {
            define(settings.adapter().get());
        }
    }

    private void start() throws IOException {
        long before = log.length();
        List<String> command = new ArrayList<>(
                List.of(settings.java(), "-Xmx768m", "-XX:SoftRefLRUPolicyMSPerMB=1", "-Djava.awt.headless=true"));
        command.addAll(settings.options());
        settings.adapter().ifPresent(adapter -> command.addAll(options(adapter)));
        command.addAll(MODULE_OPTIONS);
        command.addAll(List.of(
                "-Djava.util.logging.manager=org.jboss.logmanager.LogManager",
                "-Dorg.jboss.boot.log.file=" + base.resolve("log/server.log"),
                "-Dlogging.configuration="
                        + base.resolve("configuration/logging.properties").toUri(),
                "-Djboss.home.dir=" + HOME,
                "-Djboss.server.base.dir=" + base,
                "-Djboss.http.port=" + httpPort,
                "-Djboss.https.port=" + ServerProcess.freePort(),
                "-Djboss.management.http.port=" + managementPort,
                "-jar",
                HOME.resolve("jboss-modules.jar").toString(),
                "-mp",
                HOME.resolve("modules") + File.pathSeparator + modules,
                "org.jboss.as.standalone"));
        process = ServerProcess.start(command, settings.directory(), settings.environment(), console);
        process.await("the start of WildFly", Duration.ofMinutes(6), () -> log.since(before)
                .contains("WFLYSRV0025"));
    }

    /** What the archive's connection factory is set by, and the recovery of transactions. */
    private static List<String> options(Adapter adapter) {
        List<String> options =
                new ArrayList<>(List.of("-Dgoose.jca.url=" + adapter.url(), "-Dgoose.jca.pool.size=" + adapter.pool()));
        if (adapter.isOfTheArchive()) {
            options.add("-Dgoose.jca.transactions=" + adapter.transactions());
            if (!adapter.settings().isEmpty()) {
                options.add("-Dgoose.jca.settings=" + adapter.settings());
            }
        }
        if (adapter.transactions().isXa()) {
            options.add("-Djboss.tx.node.id=goose-it"); // as node-identifier is set in what the server comes with
        }
        if (adapter.transactions() == Adapter.Transactions.XA) {
            options.addAll(RECOVERING_SOON);
        }
        return options;
    }

    @Override
    public URI uri() {
        return URI.create("http://127.0.0.1:" + httpPort);
    }

    @Override
    public long pid() {
        return process.pid();
    }

    @Override
    public LogFile log() {
        return log;
    }

    @Override
    public boolean logged(String application, String text) {
        return new LogFile(base.resolve("log/" + application + ".log")).contains(text);
    }

    @Override
    public List<JsonObject> jsonLog() {
        return new LogFile(base.resolve("log/probe-json.log")).json().toList();
    }

    @Override
    public Map<String, String> context(JsonObject line) {
        Map<String, String> context = new HashMap<>();
        line.getJsonObject("mdc").forEach((key, value) -> context.put(key, ((JsonString) value).getString()));
        return context;
    }

    @Override
    public String health() throws IOException {
        return management.whatever("/health");
    }

    @Override
    public String metrics() throws IOException {
        return management.get("/metrics");
    }

    /** As an operator defines a connection factory of the server's own; its pool is counted. */
    private void define(Adapter adapter) throws IOException {
        JsonObjectBuilder archive = onAdapter()
                .add("operation", "add")
                .add("archive", "goose-jca-adapter.rar")
                .add("statistics-enabled", true);
        JsonObjectBuilder factory = onAdapter(CONNECTIONS)
                .add("operation", "add")
                .add("class-name", "io.goose.jca.GooseManagedConnectionFactory")
                .add("jndi-name", "java:/" + adapter.jndi())
                .add("max-pool-size", adapter.pool())
                .add("blocking-timeout-wait-millis", 5000);
        if (adapter.transactions().isXa()) {
            archive.add("transaction-support", "XATransaction");
            factory.add("recovery-username", "as-configured").add("recovery-password", "as-configured");
        }
        succeed(archive);
        succeed(factory);
        Map<String, String> properties = new HashMap<>(Map.of(
                "url", adapter.url(), "transactions", adapter.transactions().toString()));
        if (!adapter.settings().isEmpty()) {
            properties.put("settings", adapter.settings());
        }
        for (Map.Entry<String, String> property : properties.entrySet()) {
            succeed(onAdapter(CONNECTIONS, Map.entry("config-properties", property.getKey()))
                    .add("operation", "add")
                    .add("value", property.getValue()));
        }
        succeed(onAdapter().add("operation", "activate"));
    }

    @Override
    public PoolStatistics poolStatistics() throws IOException {
        JsonObject pool = succeed(onAdapter(CONNECTIONS, Map.entry("statistics", "pool"))
                        .add("operation", "read-resource")
                        .add("include-runtime", true))
                .getJsonObject("result");
        return new PoolStatistics(
                count(pool, "CreatedCount"), count(pool, "DestroyedCount"), count(pool, "InUseCount"));
    }

    private static long count(JsonObject pool, String name) {
        return Long.parseLong(pool.get(name).toString().replace("\"", ""));
    }

    @SafeVarargs
    private static JsonObjectBuilder onAdapter(Map.Entry<String, String>... below) {
        JsonArrayBuilder address = Json.createArrayBuilder()
                .add(Json.createObjectBuilder().add("subsystem", "resource-adapters"))
                .add(Json.createObjectBuilder().add("resource-adapter", "goose"));
        for (Map.Entry<String, String> element : below) {
            address.add(Json.createObjectBuilder().add(element.getKey(), element.getValue()));
        }
        return Json.createObjectBuilder().add("address", address);
    }

    @Override
    public boolean showsMessageDrivenBeans() {
        return false;
    }

    @Override
    public void deploy(String name, Path archive) throws IOException {
        succeed(add(archive));
    }

    @Override
    public void undeploy(String name) throws IOException {
        JsonObjectBuilder names = Json.createObjectBuilder()
                .add("operation", "read-children-names")
                .add("child-type", "deployment");
        JsonArray deployed = succeed(names).getJsonArray("result");
        String file = Stream.iterate(0, i -> i < deployed.size(), i -> i + 1)
                .map(deployed::getString)
                .filter(found -> found.startsWith(name + "."))
                .findFirst()
                .orElseThrow();
        succeed(on(file).add("operation", "remove"));
    }

    @Override
    public String deployInVain(String name, Path archive) throws IOException {
        long before = log.length();
        JsonObject answer = operate(add(archive));
        if (answer.getString("outcome").equals("success")) {
            throw new AssertionError(archive + " was deployed, but should have been refused");
        }
        return answer + "\n" + log.since(before);
    }

    /** Lets requests end and takes no new ones. */
    void suspend() throws IOException {
        succeed(Json.createObjectBuilder().add("operation", "suspend").add("suspend-timeout", 10));
    }

    /** Ends the suspension. */
    void resume() throws IOException {
        succeed(Json.createObjectBuilder().add("operation", "resume"));
    }

    @Override
    public void kill() throws InterruptedException {
        process.kill();
    }

    /** It has started when its applications have. */
    @Override
    public void startAgain(String name) throws IOException {
        start();
    }

    @Override
    public void close() {
        process.close();
    }

    private static boolean needsPostgreSql(Settings settings) {
        return settings.dataSources().stream().anyMatch(source -> source.driver() == DataSource.Driver.POSTGRESQL);
    }

    private static String dataSources(List<DataSource> sources) {
        return sources.stream().map(WildFlyServer::xml).collect(Collectors.joining());
    }

    private static String xml(DataSource source) {
        boolean xa = source.enlisting() == DataSource.Enlisting.XA;
        String driver = source.driver() == DataSource.Driver.H2 ? "h2" : "postgresql";
        String element = xa ? "xa-datasource" : "datasource";
        return """
            <%1$s jndi-name="%2$s" pool-name="%3$s"%4$s>
              %5$s
              <driver>%6$s</driver>
              <security user-name="goose" password="goose"/>
            </%1$s>
            """.formatted(
                        element,
                        Kind.WILDFLY.jndiName(source.name()),
                        source.name(),
                        source.enlisting() == DataSource.Enlisting.NONE ? " jta=\"false\"" : "",
                        xa
                                ? "<xa-datasource-property name=\"URL\">" + source.url() + "</xa-datasource-property>"
                                : "<connection-url>" + source.url() + "</connection-url>",
                        driver);
    }

    private static JsonObjectBuilder add(Path archive) {
        return on(archive.getFileName().toString())
                .add("operation", "add")
                .add("enabled", true)
                .add(
                        "content",
                        Json.createArrayBuilder()
                                .add(Json.createObjectBuilder()
                                        .add("url", archive.toUri().toString())));
    }

    private static JsonObjectBuilder on(String deployment) {
        return Json.createObjectBuilder()
                .add(
                        "address",
                        Json.createArrayBuilder().add(Json.createObjectBuilder().add("deployment", deployment)));
    }

    private JsonObject succeed(JsonObjectBuilder operation) throws IOException {
        JsonObject answer = operate(operation);
        if (!answer.getString("outcome").equals("success")) {
            throw new AssertionError("WildFly refused: " + answer);
        }
        return answer;
    }

    private JsonObject operate(JsonObjectBuilder operation) throws IOException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + managementPort + "/management"))
                .header("Content-Type", "application/json")
                .timeout(Duration.ofMinutes(6))
                .POST(HttpRequest.BodyPublishers.ofString(operation.build().toString()))
                .build();
        try (JsonReader reader = Json.createReader(new StringReader(
                http.send(request, HttpResponse.BodyHandlers.ofString()).body()))) {
            return reader.readObject();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
