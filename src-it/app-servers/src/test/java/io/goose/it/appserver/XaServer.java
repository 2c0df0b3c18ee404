package io.goose.it.appserver;

import io.goose.it.appserver.AppServer.Adapter;
import io.goose.it.appserver.AppServer.DataSource;
import io.goose.it.appserver.AppServer.DataSource.Driver;
import io.goose.it.appserver.AppServer.DataSource.Enlisting;
import io.goose.it.server.DatabaseServer;
import io.goose.it.server.FaultyProxy;
import io.goose.it.server.Fsync;
import io.goose.it.server.PostgreSql;
import io.goose.it.server.Redis;
import io.goose.it.server.RedisServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import redis.clients.jedis.Jedis;

/**
 * A server whose transactions have two resources, to be killed and started again: a PostgreSQL, and by the resource adapter a Redis that
 * fsyncs always, which it reaches through a proxy. Its own directory, with the log of its transaction manager, outlives it. Used by one thread.
 */
final class XaServer implements AutoCloseable {

    /** The queues of the application, on which a worker of it works. */
    static final List<String> QUEUES = List.of("orders", "mails");

    /** The queues of the application's message-driven bean, if it has one. */
    static final List<String> QUEUES_OF_BEAN = List.of("rows0", "rows1", "rows2", "rows3", "rows4");

    /** Longer than a server is kept waiting before it is killed. */
    private static final String SETTINGS = "timeout=PT5M";

    private final AtomicInteger keys = new AtomicInteger();
    private final String name;
    private final DatabaseServer database;
    private final RedisServer redis;
    private final FaultyProxy proxy;
    private final AppServer server;
    private final Requests requests;
    private final RecordFile records;

    /**
     * @param war the application, whose file is called after it
     * @param jndi the connection factory: that of the archive, or one of the server's own
     */
    XaServer(String directoryName, AppServer.Kind kind, Path war, String jndi, Adapter.Transactions transactions)
            throws IOException, SQLException {
        name = war.getFileName().toString().replace(".war", "");
        Path directory = Path.of(System.getProperty("it.work", "target/it"), directoryName)
                .toAbsolutePath();
        Servers.delete(directory);
        Files.createDirectories(directory);
        records = new RecordFile(directory.resolve("records.jsonl"));
        redis = Redis.any().server().appendOnly(Fsync.ALWAYS).start();
        proxy = FaultyProxy.inFrontOf(redis);
        database = PostgreSql.start("max_prepared_transactions=50");
        AppServer started = null;
        try {
            execute("CREATE TABLE shop (name VARCHAR(100) PRIMARY KEY)");
            started = kind.start(new AppServer.Settings(
                    Path.of(System.getProperty("java.home")),
                    directory,
                    Map.of("IT_RECORDS", records.file().toString(), "IT_DATA_SOURCES", kind.jndiName("")),
                    List.of(),
                    List.of(new DataSource("xa", Driver.POSTGRESQL, Enlisting.XA, database.jdbcUrl())),
                    Optional.of(new Adapter(
                            "redis://" + proxy.host() + ":" + proxy.port(),
                            Optional.empty(),
                            jndi,
                            40,
                            transactions,
                            SETTINGS))));
            server = started;
            requests = new Requests(server.uri());
            server.deploy(
                    name,
                    Archives.configured(directory.resolve(name + ".war"), war, Map.of("goose.broker.main.jndi", jndi)));
        } catch (IOException | SQLException | RuntimeException | Error e) {
            if (started != null) {
                started.close();
            }
            closeResources();
            throw e;
        }
    }

    /** A key for rows and jobs that nothing else has. */
    String key() {
        return "k" + keys.incrementAndGet() + "-";
    }

    AppServer server() {
        return server;
    }

    /** Between the server and Redis. */
    FaultyProxy proxy() {
        return proxy;
    }

    String post(String path) throws IOException {
        return requests.post("/" + name + "/api/" + path);
    }

    /** Posts what is not answered before the server dies. */
    CompletableFuture<String> posting(String path) {
        return requests.posting("/" + name + "/api/" + path);
    }

    String get(String path) throws IOException {
        return requests.get("/" + name + "/api/" + path);
    }

    /** Lets no job of the application begin, until {@link #resumeJobs}. */
    void pauseJobs() throws IOException {
        for (String queue : QUEUES) {
            post("pause/" + queue);
        }
    }

    void resumeJobs() throws IOException {
        for (String queue : QUEUES) {
            post("resume/" + queue);
        }
    }

    /** How many jobs of the application wait. */
    long waiting() throws IOException {
        long waiting = 0;
        for (String queue : QUEUES) {
            waiting += Long.parseLong(get("waiting/" + queue));
        }
        return waiting;
    }

    /** Waits until no job of the application is on its way. */
    void awaitNothingLeft() throws IOException {
        List<String> all = new ArrayList<>(QUEUES);
        all.addAll(QUEUES_OF_BEAN);
        for (String queue : all) {
            Harness.await(() -> "the end of all jobs of " + queue, () -> get("left/" + queue)
                    .equals("0 on their way, 0 dead"));
        }
    }

    /** The rows, by the beginning of their keys. */
    List<String> rows(String prefix) throws IOException {
        return texts("SELECT name FROM shop WHERE name LIKE '" + prefix + "%' ORDER BY name");
    }

    /** The jobs that ran, by the beginning of their keys. */
    List<String> ran(String prefix) {
        return records.nowPrefix(prefix).stream()
                .map(record -> record.getString("key"))
                .sorted()
                .toList();
    }

    /** How many transactions are prepared in the database. */
    long prepared() throws IOException {
        return number("SELECT COUNT(*) FROM pg_prepared_xacts");
    }

    /** Lets the leases of dead workers end now; those of branches do not. */
    void expireWorkers() {
        try (Jedis client = new Jedis(redis.url())) {
            for (String queue : QUEUES_OF_BEAN) {
                String sessions = "goose:{" + queue + "}:sess";
                for (String session : client.zrange(sessions, 0, -1)) {
                    if (!session.startsWith("xa:")) {
                        client.zadd(sessions, 1, session);
                    }
                }
            }
        }
    }

    /** How many branches Redis has. */
    long branches() {
        try (Jedis client = new Jedis(redis.url())) {
            return client.hlen(XaPoint.LIST);
        }
    }

    /** Makes Redis keep what it has with each write, or each second. */
    void fsync(Fsync fsync) {
        try (Jedis client = new Jedis(redis.url())) {
            client.configSet("appendfsync", fsync.name().toLowerCase(java.util.Locale.ROOT));
        }
    }

    /** Kills the server; returns when the database has noticed, and Redis can be reached again. */
    void kill() throws IOException, InterruptedException {
        server.kill();
        Harness.await(
                "the database has noticed",
                () -> number("SELECT COUNT(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"
                                + " AND pid <> pg_backend_pid()")
                        == 0);
        proxy.normal();
    }

    /** Returns when the application has started. */
    void startAgain() throws IOException {
        server.startAgain(name);
    }

    /** Waits until nothing is prepared, at Redis and in the database. */
    void awaitRecovered() throws IOException {
        Harness.await(() -> "the recovery of " + branchesAndPrepared(), () -> branches() == 0 && prepared() == 0);
    }

    private String branchesAndPrepared() {
        try {
            return branches() + " branches at Redis and " + prepared() + " transactions of the database";
        } catch (IOException unknown) {
            return unknown.toString();
        }
    }

    private long number(String query) throws IOException {
        return Long.parseLong(texts(query).get(0));
    }

    private List<String> texts(String query) throws IOException {
        List<String> texts = new ArrayList<>();
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                texts.add(rows.getString(1));
            }
            return texts;
        } catch (SQLException failed) {
            throw new IOException(query, failed);
        }
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection(database.jdbcUrl(), database.user(), database.password());
    }

    private void closeResources() {
        proxy.close();
        redis.close();
        database.close();
    }

    @Override
    public void close() {
        server.close();
        closeResources();
    }
}
