package io.goose.broker.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.it.jdbc.DatabaseSetUp;
import io.goose.spi.Broker;
import io.goose.spi.BrokerSettings;
import io.goose.spi.BrokerSettings.DeadRetention;
import io.goose.spi.Session;
import io.goose.spi.SessionSpec;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Large backlogs on MariaDB: how many rows a step reads, and that none waits for what others have locked. */
final class BacklogIT {

    private static final int BACKLOG = 20_000;

    private static DatabaseSetUp setUp;

    @BeforeAll
    static void startServer() {
        setUp = DatabaseSetUp.mariaDb();
    }

    @AfterAll
    static void endServer() {
        setUp.close();
    }

    private static BrokerSettings settings(String namespace) {
        return new BrokerSettings(
                "main", namespace, Map.of(), Duration.ofHours(1), new DeadRetention(100, Duration.ofDays(1)));
    }

    private static Broker connect(DataSource source, String namespace) {
        return JdbcBrokerFactory.of(source).create(settings(namespace), (name, body) -> {
            Thread thread = new Thread(body, name);
            thread.setDaemon(true);
            return thread;
        });
    }

    private static void execute(String sql) throws SQLException {
        try (Connection connection = setUp.pool().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static long ask(String query) throws SQLException {
        try (Connection connection = setUp.pool().getConnection();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(query)) {
            result.next();
            return result.getLong(1);
        }
    }

    private static long rowsRead() throws SQLException {
        return ask(
                "SELECT SUM(variable_value) FROM information_schema.global_status WHERE variable_name LIKE 'handler_read%'");
    }

    @Test
    void promotionReadsNoMoreOfWhatIsDueThanItMoves() throws SQLException {
        try (Broker broker = connect(setUp.pool(), "due");
                Session session = broker.open(new SessionSpec(
                        List.of("a"), 1, 1, Set.of(), Duration.ofSeconds(30), Duration.ofSeconds(5), "test"))) {
            long queue = ask("SELECT id FROM goose_queue WHERE namespace = 'due'");
            execute("INSERT INTO goose_job (queue, id, place, lane, seq, due, envelope) SELECT " + queue
                    + ", CONCAT('due', seq), 2 + 3 * (seq % 2), 2, seq, 1000 - seq % 7, 'x' FROM seq_1_to_" + BACKLOG);
            execute("ANALYZE TABLE goose_job");
            long before = rowsRead();

            assertThat(session.lease("a", 1, 1000).leases()).hasSize(1);

            assertThat(rowsRead() - before).isLessThan(BACKLOG / 2);
            assertThat(broker.stats("a").scheduled()).isEqualTo(BACKLOG - 500);
        }
    }

    @Test
    void oldMarksAreClearedByTheirIndex_andWithoutWaitingForOpenTransactions() throws Exception {
        DataSource source = setUp.pool();
        try (Broker broker = connect(source, "marks")) {
            broker.prepareQueues(Set.of("a"));
        }
        execute("INSERT INTO goose_mark (queue, name, made) SELECT 99, CONCAT('old', seq), seq FROM seq_1_to_1200");
        execute("INSERT INTO goose_mark (queue, name, made) SELECT 99, CONCAT('fresh', seq),"
                + " UNIX_TIMESTAMP() * 1000 FROM seq_1_to_" + BACKLOG);
        execute("ANALYZE TABLE goose_mark");
        AtomicLong nanos = new AtomicLong();
        Database database =
                new Database(source, JdbcSettings.read(settings("marks"), true, new ArrayList<>()), "the test's");
        Upkeep upkeep = new Upkeep(
                database,
                new Queues(database, "marks"),
                new Burials(settings("marks").dead()),
                Duration.ofHours(1),
                nanos::get);
        nanos.addAndGet(Duration.ofMinutes(2).toNanos());
        try (Connection callers = source.getConnection();
                Statement statement = callers.createStatement()) {
            callers.setAutoCommit(false);
            statement.execute("INSERT INTO goose_mark (queue, name, made) VALUES (99, 'open', 1)");
            statement.execute("SELECT name FROM goose_mark WHERE queue = 99 AND name = 'old7' FOR UPDATE");
            long before = rowsRead();

            CompletableFuture.runAsync(() -> upkeep.run(queue -> {})).get(60, TimeUnit.SECONDS);

            assertThat(rowsRead() - before).isLessThan(BACKLOG / 2);
            assertThat(ask("SELECT COUNT(*) FROM goose_mark WHERE name LIKE 'old%'"))
                    .isEqualTo(1);
            assertThat(ask("SELECT COUNT(*) FROM goose_mark WHERE name LIKE 'fresh%'"))
                    .isEqualTo(BACKLOG);
            callers.rollback();
        }
    }
}
