package io.goose.it.appserver;

import io.goose.it.appserver.AppServer.DataSource;
import io.goose.it.appserver.AppServer.DataSource.Driver;
import io.goose.it.appserver.AppServer.DataSource.Enlisting;
import io.goose.it.server.DatabaseServer;
import io.goose.it.server.PostgreSql;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One server with a PostgreSQL, a Redis and data sources of each kind, and the application with transactions in it:
 * {@code plain} and {@code xa} lead to the PostgreSQL, where jobs are kept, the others to databases of their own.
 */
final class TransactionServer implements AutoCloseable {

    private static final String NAME = "transactions";

    private final AtomicInteger keys = new AtomicInteger();
    private final AppServer.Kind kind;
    private final Path directory;
    private final DatabaseServer database;
    private final Broker redis;
    private final AppServer server;
    private final Requests requests;
    private final RecordFile records;

    TransactionServer(String name, AppServer.Kind kind, Path javaHome) throws IOException {
        this.kind = kind;
        this.directory =
                Path.of(System.getProperty("it.work", "target/it"), name).toAbsolutePath();
        Servers.delete(directory);
        Files.createDirectories(directory);
        this.records = new RecordFile(directory.resolve("records.jsonl"));
        this.redis = new Broker();
        this.database = PostgreSql.start("max_prepared_transactions=50");
        try {
            this.server = kind.start(new AppServer.Settings(
                    javaHome,
                    directory,
                    Map.of("IT_RECORDS", records.file().toString(), "IT_DATA_SOURCES", kind.jndiName("")),
                    List.of(),
                    List.of(
                            new DataSource("plain", Driver.POSTGRESQL, Enlisting.LOCAL, database.jdbcUrl()),
                            new DataSource("xa", Driver.POSTGRESQL, Enlisting.XA, database.jdbcUrl()),
                            new DataSource("apart", Driver.POSTGRESQL, Enlisting.NONE, database.jdbcUrl()),
                            new DataSource("otherplain", Driver.H2, Enlisting.LOCAL, inMemory("otherplain")),
                            new DataSource("otherxa", Driver.H2, Enlisting.XA, inMemory("otherxa")))));
        } catch (IOException | RuntimeException | Error e) {
            redis.close();
            database.close();
            throw e;
        }
        this.requests = new Requests(server.uri());
    }

    private static String inMemory(String name) {
        return "jdbc:h2:mem:" + name + ";DB_CLOSE_DELAY=-1";
    }

    /** Deploys the application and makes its tables. */
    void deploy() throws IOException {
        server.deploy(NAME, archive(NAME, Map.of()));
        requests.post("/" + NAME + "/api/tables/plain,xa,otherplain,otherxa");
    }

    /** Deploys the application with other settings, with which it must not start, and returns what the log says of it. */
    String deployInVain(String name, Map<String, String> other) throws IOException {
        return server.deployInVain(name, archive(name, other));
    }

    private Path archive(String name, Map<String, String> other) throws IOException {
        Map<String, String> settings = new HashMap<>(Map.of(
                "goose.broker.main.datasource", kind.jndiName("plain"),
                "goose.broker.xa.datasource", kind.jndiName("xa"),
                "goose.broker.boxed.url", redis.url().toString(),
                "goose.broker.late.url", redis.url().resolve("/1").toString()));
        settings.putAll(other);
        return Archives.configured(directory.resolve(name + ".war"), Archives.TRANSACTIONS, settings);
    }

    AppServer server() {
        return server;
    }

    RecordFile records() {
        return records;
    }

    String jndiName(String dataSource) {
        return kind.jndiName(dataSource);
    }

    /** A key for rows and jobs that no other test has. */
    String key() {
        return "k" + keys.incrementAndGet() + "-";
    }

    /** Posts to the application and returns the answer. */
    String post(String path) throws IOException {
        return requests.post("/" + NAME + "/api/" + path);
    }

    /** Gets the application's answer. */
    String get(String path) throws IOException {
        return requests.get("/" + NAME + "/api/" + path);
    }

    /** The jobs that ran whose keys begin with this, when those that were enqueued to the broker before have run. */
    List<String> ranOn(String broker, String prefix) throws IOException {
        String last = key() + "last";
        post("last/" + broker + "/" + last);
        records.await(last);
        return records.nowPrefix(prefix).stream()
                .map(record -> record.getString("key"))
                .sorted()
                .toList();
    }

    @Override
    public void close() {
        server.close();
        redis.close();
        database.close();
    }
}
