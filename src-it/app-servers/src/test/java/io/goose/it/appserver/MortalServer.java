package io.goose.it.appserver;

import io.goose.it.appserver.AppServer.DataSource;
import io.goose.it.appserver.AppServer.DataSource.Driver;
import io.goose.it.appserver.AppServer.DataSource.Enlisting;
import io.goose.it.server.DatabaseServer;
import io.goose.it.server.PostgreSql;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/**
 * A server with the application with transactions in it, to be killed and started again. What it works on outlives it: its own
 * directory with the transaction log, a Redis, and a PostgreSQL with two databases, {@code plain} and {@code xa} on the first
 * and {@code second} on the other. Used by one thread.
 */
final class MortalServer implements AutoCloseable {

    private static final String NAME = "transactions";

    /** In the key of a row: its commit waits in the database, while {@link #holdCommits} lasts. */
    static final String SLOW = "slow";

    /** The same, for a commit in two phases: its preparation waits in both databases. */
    static final String SLOW_IN_BOTH = "twice";

    private static final Map<String, Integer> LOCKS = Map.of(SLOW, 4711, SLOW_IN_BOTH, 4712);
    private static final String WAITING_COMMITS = """
            CREATE FUNCTION wait_for_leave() RETURNS trigger LANGUAGE plpgsql SET lock_timeout = 0
              AS $$ BEGIN PERFORM pg_advisory_xact_lock_shared(CAST(TG_ARGV[0] AS BIGINT)); RETURN NULL; END $$;
            """
            + LOCKS.entrySet().stream()
                    .map(lock -> """
                            CREATE CONSTRAINT TRIGGER waiting_%1$s AFTER INSERT ON shop DEFERRABLE INITIALLY DEFERRED
                              FOR EACH ROW WHEN (NEW.name LIKE '%%%1$s%%') EXECUTE FUNCTION wait_for_leave(%2$d);
                            """.formatted(lock.getKey(), lock.getValue()))
                    .collect(Collectors.joining());

    /** For WildFly, which otherwise looks for prepared transactions every two minutes, and ends them the second time. */
    private static final List<String> RECOVERING_SOON = List.of(
            "-DRecoveryEnvironmentBean.periodicRecoveryPeriod=2",
            "-DRecoveryEnvironmentBean.recoveryBackoffPeriod=1",
            "-DJTAEnvironmentBean.orphanSafetyInterval=1000");

    private final AtomicInteger keys = new AtomicInteger();
    private final Map<String, Connection> holders = new HashMap<>();
    private final Path hold;
    private final DatabaseServer database;
    private final String secondUrl;
    private final Broker redis;
    private final AppServer server;
    private final Requests requests;
    private final RecordFile records;

    MortalServer(String name, AppServer.Kind kind) throws IOException, SQLException {
        Path directory =
                Path.of(System.getProperty("it.work", "target/it"), name).toAbsolutePath();
        Servers.delete(directory);
        Files.createDirectories(directory);
        records = new RecordFile(directory.resolve("records.jsonl"));
        hold = directory.resolve("hold");
        redis = new Broker();
        database = PostgreSql.start("max_prepared_transactions=50");
        secondUrl = database.jdbcUrl().replaceAll("/[^/]*$", "/second");
        AppServer started = null;
        try {
            execute(database.jdbcUrl(), "CREATE DATABASE second");
            started = kind.start(new AppServer.Settings(
                    Path.of(System.getProperty("java.home")),
                    directory,
                    Map.of(
                            "IT_RECORDS", records.file().toString(),
                            "IT_DATA_SOURCES", kind.jndiName(""),
                            "IT_HOLD", hold.toString()),
                    RECOVERING_SOON,
                    List.of(
                            new DataSource("plain", Driver.POSTGRESQL, Enlisting.LOCAL, database.jdbcUrl()),
                            new DataSource("xa", Driver.POSTGRESQL, Enlisting.XA, database.jdbcUrl()),
                            new DataSource("second", Driver.POSTGRESQL, Enlisting.XA, secondUrl))));
            server = started;
            requests = new Requests(server.uri());
            server.deploy(NAME, archive(directory, kind));
            post("tables/plain,second");
            execute(database.jdbcUrl(), WAITING_COMMITS);
            execute(secondUrl, WAITING_COMMITS);
        } catch (IOException | SQLException | RuntimeException | Error e) {
            if (started != null) {
                started.close();
            }
            redis.close();
            database.close();
            throw e;
        }
    }

    private Path archive(Path directory, AppServer.Kind kind) throws IOException {
        Map<String, String> settings = new HashMap<>(Map.of(
                "goose.broker.main.datasource", kind.jndiName("plain"),
                "goose.broker.xa.datasource", kind.jndiName("xa"),
                "goose.broker.boxed.url", redis.url().toString(),
                "goose.broker.late.url", redis.url().resolve("/1").toString(),
                "goose.transaction.timeout", "PT5M",
                "goose.worker.threads", "4", // so many are held at a time
                "goose.broker.xa.worker.threads", "4",
                "goose.worker.heartbeat", "PT1S",
                "goose.worker.lease", "PT5S"));
        return Archives.configured(directory.resolve(NAME + ".war"), Archives.TRANSACTIONS, settings);
    }

    /** A key for rows and jobs that no other crash has. */
    String key() {
        return "k" + keys.incrementAndGet() + "-";
    }

    long pid() {
        return server.pid();
    }

    Broker redis() {
        return redis;
    }

    String post(String path) throws IOException {
        return requests.post("/" + NAME + "/api/" + path);
    }

    /** Posts what is not answered before the server dies. */
    CompletableFuture<String> posting(String path) {
        return requests.posting("/" + NAME + "/api/" + path);
    }

    String get(String path) throws IOException {
        return requests.get("/" + NAME + "/api/" + path);
    }

    /** What is to wait in the application, waits, until {@link #releaseWork}. */
    void holdWork() throws IOException {
        Files.createFile(hold);
    }

    void releaseWork() throws IOException {
        Files.delete(hold);
    }

    /** Lets the databases stop in the middle of commits that are to be slow, until {@link #releaseCommits}. */
    void holdCommits() throws SQLException {
        for (String url : List.of(database.jdbcUrl(), secondUrl)) {
            Connection holder = connect(url);
            holders.put(holder.getCatalog(), holder);
            for (int lock : LOCKS.values()) {
                execute(holder, "SELECT pg_advisory_lock(" + lock + ")");
            }
        }
    }

    /** Lets the first of two databases go on that prepares what is slow in both, whichever the server asks first. */
    void releaseFirstOfBoth() throws IOException, SQLException {
        int lock = LOCKS.getOrDefault(SLOW_IN_BOTH, 0);
        List<String> first = new ArrayList<>();
        Harness.await("the first preparation has begun", () -> {
            first.addAll(texts("SELECT datname FROM pg_locks JOIN pg_database ON pg_database.oid = database"
                    + " WHERE locktype = 'advisory' AND NOT granted AND objid = " + lock));
            return !first.isEmpty();
        });
        execute(holders.get(first.get(0)), "SELECT pg_advisory_unlock(" + lock + ")");
    }

    void releaseCommits() throws SQLException {
        for (Connection holder : holders.values()) {
            holder.close();
        }
        holders.clear();
    }

    /** Waits until the application waits for {@link #releaseWork} with this key. */
    void awaitHeld(String key) {
        records.await("held-" + key);
    }

    /** The application's rows in a data source, by the beginning of their keys. */
    List<String> rows(String dataSource, String prefix) throws IOException {
        String rows = get("rowsof/" + dataSource + "/" + prefix);
        return rows.isEmpty() ? List.of() : List.of(rows.split(","));
    }

    /** The jobs that ran, by the beginning of their keys. */
    List<String> ran(String prefix) {
        return records.nowPrefix(prefix).stream()
                .map(record -> record.getString("key"))
                .sorted()
                .toList();
    }

    /** Waits until no job is on its way. Transactional ones enqueue others: what is in no place then is nowhere. */
    void awaitNothingLeft() throws IOException {
        for (String broker : List.of("main", "xa")) {
            Harness.await(() -> "the end of the transactional jobs of " + broker, () -> get("wholeleft/" + broker)
                    .equals("0 on their way, 0 dead, 0 parked"));
        }
        for (String broker : List.of("main", "xa", "boxed")) {
            Harness.await(() -> "the end of all jobs of " + broker, () -> get("left/" + broker)
                    .equals("0 in the queue, 0 in the outbox"));
        }
        Harness.await(() -> "the end of all prepared transactions", () -> prepared() == 0);
    }

    /** How many commits wait, in both databases. */
    long waitingCommits() throws IOException {
        return number("SELECT COUNT(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted");
    }

    /** How many transactions are prepared, in both databases. */
    long prepared() throws IOException {
        return number("SELECT COUNT(*) FROM pg_prepared_xacts");
    }

    /** How many sessions the databases have beside that which asks. */
    long sessions() throws IOException {
        return number("SELECT COUNT(*) FROM pg_stat_activity WHERE backend_type = 'client backend'"
                + " AND pid <> pg_backend_pid()");
    }

    long inOutbox() throws IOException {
        return number("SELECT COUNT(*) FROM goose_outbox");
    }

    private long number(String query) throws IOException {
        return Long.parseLong(texts(query).get(0));
    }

    private List<String> texts(String query) throws IOException {
        List<String> texts = new ArrayList<>();
        try (Connection connection = connect(database.jdbcUrl());
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

    void kill() throws InterruptedException {
        server.kill();
    }

    void startAgain() throws IOException {
        server.startAgain(NAME);
    }

    private Connection connect(String url) throws SQLException {
        return DriverManager.getConnection(url, database.user(), database.password());
    }

    private void execute(String url, String sql) throws SQLException {
        try (Connection connection = connect(url)) {
            execute(connection, sql);
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    @Override
    public void close() {
        server.close();
        redis.close();
        database.close();
    }
}
