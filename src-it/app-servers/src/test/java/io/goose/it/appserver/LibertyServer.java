package io.goose.it.appserver;

import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Open Liberty with a user directory of its own. An application is a file in {@code configDropins/overrides}, which the
 * server watches; the log tells when it has started or stopped.
 */
final class LibertyServer implements AppServer {

    static final List<String> EE10 = List.of(
            "cdi-4.0",
            "restfulWS-3.1",
            "enterpriseBeansLite-4.0",
            "concurrent-3.0",
            "beanValidation-3.0",
            "servlet-6.0",
            "appSecurity-5.0",
            "jsonb-3.0",
            "jsonp-2.1",
            "jdbc-4.3",
            "jndi-1.0",
            "mpConfig-3.1",
            "mpHealth-4.0",
            "mpFaultTolerance-4.0");
    static final List<String> EE11 = List.of(
            "cdi-4.1",
            "restfulWS-4.0",
            "enterpriseBeansLite-4.0",
            "concurrent-3.1",
            "validation-3.1",
            "servlet-6.1",
            "appSecurity-6.0",
            "jsonb-3.0",
            "jsonp-2.1",
            "jdbc-4.3",
            "jndi-1.0",
            "mpConfig-3.1",
            "mpFaultTolerance-4.1");

    // Else the recovery begins before the adapter is there, and again a minute later; or with the first transaction.
    private static final String RECOVERING_SOON =
            "<transaction recoverOnStartup=\"true\" heuristicRetryInterval=\"5s\"/>";

    private static final String SERVER = "it";
    private static final String EXTENSION = "ext_";
    private static final String ADAPTER = "goose-jca-adapter";
    private static final String EXECUTOR = """
            <!-- Its executor begins with two threads for each processor, and gets no more while those are busy. -->
            <executor coreThreads="24"/>
            """;
    private static final Duration LIMIT = Duration.ofMinutes(4);

    private final Settings settings;
    private final boolean showsThirdParties; // which the API of OpenTelemetry is
    private final LogFile log;
    private final Path console;
    private final Path user;
    private final Path directory;
    private final int httpPort = ServerProcess.freePort();
    private final Requests requests = new Requests(uri());
    private ServerProcess process; // test thread only
    private int kills; // test thread only

    LibertyServer(Settings settings, List<String> features) throws IOException {
        this.settings = settings;
        showsThirdParties = features.stream().anyMatch(feature -> feature.startsWith("mpTelemetry"));
        user = settings.directory().resolve("usr");
        directory = user.resolve("servers").resolve(SERVER);
        log = new LogFile(directory.resolve("logs/messages.log"));
        console = settings.directory().resolve("console.log");
        Files.createDirectories(directory.resolve("apps"));
        Files.createDirectories(directory.resolve("configDropins/overrides"));
        Files.writeString(directory.resolve("server.xml"), configuration(features, settings.dataSources()));
        Optional<Adapter> alone = settings.adapter().filter(LibertyServer::isAlone);
        if (alone.isPresent()) {
            Files.writeString(override(ADAPTER), "<server>" + xml(alone.get()) + "</server>");
        }
        start();
        if (log.contains("CWWKF0001E")) {
            process.close();
            throw new AssertionError("Open Liberty lacks a feature:\n" + log.since(0));
        }
    }

    private void start() throws IOException {
        List<String> command = new ArrayList<>(List.of(settings.java(), "-Xmx768m", "-Djava.awt.headless=true"));
        command.addAll(settings.options());
        command.addAll(moduleOptions());
        command.addAll(List.of(
                "-javaagent:" + Servers.LIBERTY.resolve("bin/tools/ws-javaagent.jar"),
                "-jar",
                Servers.LIBERTY.resolve("bin/tools/ws-server.jar").toString(),
                SERVER));
        Map<String, String> environment = new HashMap<>(settings.environment());
        environment.put("WLP_USER_DIR", user.toString());
        environment.put("ltpa_keys_password", "only-for-tests");
        process = ServerProcess.start(command, directory, environment, console);
        process.await("the start of Open Liberty", Duration.ofMinutes(6), () -> log.contains("CWWKF0011I"));
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
    public boolean logged(String application, String text) throws IOException {
        return Files.readAllLines(console).stream()
                .anyMatch(line -> line.contains(text) && line.contains("\"ext_appName\":\"" + application + "\""));
    }

    @Override
    public List<JsonObject> jsonLog() {
        return new LogFile(console)
                .json()
                .filter(line -> line.getString("ext_appName", "").equals("probe"))
                .toList();
    }

    @Override
    public Map<String, String> context(JsonObject line) {
        Map<String, String> context = new HashMap<>();
        line.forEach((key, value) -> {
            if (key.startsWith(EXTENSION) && value instanceof JsonString text) {
                context.put(key.substring(EXTENSION.length()), text.getString());
            }
        });
        return context;
    }

    @Override
    public String health() throws IOException {
        return requests.whatever("/health");
    }

    /** It shows them by itself, with MicroProfile Metrics. */
    @Override
    public PoolStatistics poolStatistics() throws IOException {
        String all = requests.get("/metrics");
        return new PoolStatistics(
                count(all, "connectionpool_create_total"),
                count(all, "connectionpool_destroy_total"),
                count(all, "connectionpool_managedConnections") - count(all, "connectionpool_freeConnections"));
    }

    /** Of the pool; 0 while nobody has used that. */
    private static long count(String metrics, String name) {
        return metrics.lines()
                .filter(line -> line.startsWith(name + "{") && line.contains("datasource=\"eis_measured\""))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    @Override
    public String metrics() throws IOException {
        return requests.get("/metrics");
    }

    @Override
    public boolean showsMessageDrivenBeans() {
        return true;
    }

    /** An adapter that stands alone is configuration too. */
    @Override
    public void deploy(String name, Path archive) throws IOException {
        if (name.equals(ADAPTER)) {
            long before = log.length();
            Files.writeString(
                    override(name), "<server>" + xml(settings.adapter().orElseThrow()) + "</server>");
            process.await(
                    "the start of the adapter", LIMIT, () -> log.since(before).contains("J2CA7001I"));
            return;
        }
        long before = configure(name, archive);
        process.await("the start of " + name, LIMIT, () -> ended(log.since(before)));
        String said = log.since(before);
        if (!said.contains("CWWKZ0001I") && !said.contains("CWWKZ0003I")) {
            throw new AssertionError(name + " did not start:\n" + said);
        }
    }

    @Override
    public String deployInVain(String name, Path archive) throws IOException {
        long before = configure(name, archive);
        process.await("the failure of " + name, LIMIT, () -> ended(log.since(before)));
        String said = log.since(before);
        if (said.contains("CWWKZ0001I")) {
            throw new AssertionError(archive + " was deployed, but should have been refused");
        }
        long removed = log.length();
        Files.delete(override(name));
        process.await("the removal of " + name, LIMIT, () -> log.since(removed).contains("CWWKG0017I"));
        return said;
    }

    @Override
    public void undeploy(String name) throws IOException {
        long before = log.length();
        Files.delete(override(name));
        if (name.equals(ADAPTER)) {
            process.await(
                    "the end of the adapter", LIMIT, () -> log.since(before).contains("J2CA7009I"));
            return;
        }
        process.await(
                "the stop of " + name,
                LIMIT,
                () -> log.since(before).contains("CWWKZ0009I")
                        || log.since(before).contains("CWWKZ0010E"));
        if (log.since(before).contains("CWWKZ0010E")) {
            throw new AssertionError(name + " did not stop cleanly:\n" + log.since(before));
        }
    }

    @Override
    public void kill() throws InterruptedException {
        process.kill();
    }

    @Override
    public void startAgain(String name) throws IOException {
        kills++;
        // The new process begins another log under the same name, but not at once.
        Files.move(log.file(), log.file().resolveSibling("messages-killed-" + kills + ".log"));
        start();
        process.await("the start of " + name, LIMIT, () -> log.contains("CWWKZ0001I: Application " + name));
    }

    @Override
    public void close() {
        process.close();
    }

    private static boolean ended(String said) {
        return said.contains("CWWKZ0001I")
                || said.contains("CWWKZ0002E")
                || said.contains("CWWKZ0003I")
                || said.contains("CWWKZ0004E")
                || said.contains("CWWKZ0012I");
    }

    private long configure(String name, Path archive) throws IOException {
        Path copy = directory.resolve("apps").resolve(archive.getFileName());
        Files.copy(archive, copy, StandardCopyOption.REPLACE_EXISTING);
        String root = copy.toString().endsWith(".war") ? " contextRoot=\"/" + name + "\"" : "";
        String type = copy.toString().endsWith(".war") ? "webApplication" : "enterpriseApplication";
        String inside = settings.adapter()
                .filter(adapter -> adapter.application().equals(Optional.of(name)))
                .map(adapter -> "<resourceAdapter id=\"goose-jca-adapter\" alias=\"goose\" autoStart=\"true\"/>")
                .orElse(showsThirdParties ? "<classloader apiTypeVisibility=\"+third-party\"/>" : "");
        long before = log.length();
        Files.writeString(
                override(name),
                "<server><%1$s id=\"%2$s\" name=\"%2$s\" location=\"%3$s\"%4$s>%5$s</%1$s></server>%n"
                        .formatted(type, name, copy.getFileName(), root, inside));
        return before;
    }

    private Path override(String name) {
        return directory.resolve("configDropins/overrides").resolve(name + ".xml");
    }

    private static String xml(DataSource source) {
        boolean h2 = source.driver() == DataSource.Driver.H2;
        boolean xa = source.enlisting() == DataSource.Enlisting.XA;
        String type = xa ? "javax.sql.XADataSource" : "javax.sql.DataSource";
        String driver = h2
                ? "org.h2.jdbcx.JdbcDataSource"
                : xa ? "org.postgresql.xa.PGXADataSource" : "org.postgresql.ds.PGSimpleDataSource";
        return """
            <dataSource jndiName="%s" type="%s"%s>
              <jdbcDriver libraryRef="%s" %s="%s"/>
              <properties URL="%s" user="goose" password="goose"/>
            </dataSource>
            """.formatted(
                        Kind.LIBERTY_EE10.jndiName(source.name()),
                        type,
                        source.enlisting() == DataSource.Enlisting.NONE ? " transactional=\"false\"" : "",
                        h2 ? "h2" : "postgresql",
                        type,
                        driver,
                        source.url());
    }

    private static boolean isAlone(Adapter adapter) {
        return adapter.application().isEmpty();
    }

    private static String xml(Adapter adapter) {
        return """
            %1$s
            <connectionFactory jndiName="%7$s">
              <connectionManager maxPoolSize="%5$d" connectionTimeout="5s"/>
              <properties.%2$s url="%3$s" transactions="%6$s" settings="%8$s"/>
            </connectionFactory>
            %4$s
            %9$s
            """.formatted(
                isAlone(adapter)
                        ? "<resourceAdapter id=\"gooseRA\" location=\"" + Archives.ADAPTER + "\" autoStart=\"true\"/>"
                        : "",
                adapter.application().map(name -> name + ".goose").orElse("gooseRA"),
                adapter.url(),
                Stream.of("inbound/InboundBean", "xabean/XaBean")
                        .map(bean -> "<activationSpec id=\"%s%s\"><properties.%s url=\"%s\"/></activationSpec>"
                                .formatted(
                                        adapter.application()
                                                .map(name -> name + '/')
                                                .orElse(""),
                                        bean,
                                        adapter.application()
                                                .map(name -> name + ".goose")
                                                .orElse("gooseRA"),
                                        adapter.url()))
                        .collect(Collectors.joining("\n")),
                adapter.pool(),
                adapter.transactions(),
                adapter.jndi(),
                adapter.settings(),
                adapter.transactions() == Adapter.Transactions.XA ? RECOVERING_SOON : "");
    }

    private String configuration(List<String> features, List<DataSource> dataSources) {
        return """
            <server>
              <featureManager>%s</featureManager>
              <logging consoleFormat="json" consoleLogLevel="INFO" consoleSource="message"/>
              <httpEndpoint id="defaultHttpEndpoint" host="127.0.0.1" httpPort="%d" httpsPort="-1"/>
              <config updateTrigger="polled" monitorInterval="250ms"/>
              <mpMetrics authentication="false"/>
              <applicationMonitor updateTrigger="disabled" dropinsEnabled="false"/>
              <applicationManager startTimeout="120s" stopTimeout="120s"/>
              <library id="h2"><file name="%s"/></library>
              <dataSource id="DefaultDataSource" type="javax.sql.XADataSource">
                <jdbcDriver libraryRef="h2" javax.sql.XADataSource="org.h2.jdbcx.JdbcDataSource"/>
                <properties URL="jdbc:h2:mem:it;DB_CLOSE_DELAY=-1" user="sa" password="sa"/>
              </dataSource>
              <library id="postgresql"><file name="%s"/></library>
              %s%s%s
            </server>
            """.formatted(
                Stream.concat(
                                features.stream(),
                                settings.adapter().stream().flatMap(adapter -> Stream.of("connectors-2.1", "mdb-4.0")))
                        .map(feature -> "<feature>" + feature + "</feature>")
                        .collect(Collectors.joining()),
                httpPort,
                Servers.H2,
                Servers.POSTGRESQL,
                dataSources.stream().map(LibertyServer::xml).collect(Collectors.joining()),
                settings.adapter().isPresent() ? EXECUTOR : "",
                settings.adapter()
                        .filter(adapter -> !isAlone(adapter))
                        .map(LibertyServer::xml)
                        .orElse(""));
    }

    // The options that the server's own script passes to Java.
    private static List<String> moduleOptions() throws IOException {
        return Files.readAllLines(Servers.LIBERTY.resolve("lib/platform/java/java9.options")).stream()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .toList();
    }
}
