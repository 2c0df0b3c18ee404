package io.goose.it.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.engine.LogCapture;
import io.goose.job.QueuedJob;
import io.goose.spi.Broker;
import io.goose.spi.SendResult;
import io.goose.spi.Session;
import io.goose.spi.SessionSpec;
import io.goose.tck.TestJobs;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/** Notices of new jobs between processes, on PostgreSQL. */
final class NoticesIT {

    private static DatabaseSetUp setUp;

    @BeforeAll
    static void startServer() {
        setUp = DatabaseSetUp.postgreSql();
    }

    @AfterAll
    static void endServer() {
        setUp.close();
    }

    private final JdbcUnderTest namespace = new JdbcUnderTest(setUp.pool());

    @Test
    void aJobOfAnotherProcess_isAnnounced_butOnlyWhileAWorkerIsIdle() throws SQLException {
        try (Broker worker = namespace.connect();
                Broker sender = namespace.connect();
                Session busy = open(worker, "first");
                Connection own = setUp.pool().getConnection()) {
            listen(own, channel());

            send(sender, "first"); // nobody has said that he is idle
            assertThat(busy.lease("first", 1, 1000).leases()).hasSize(1);
            try (Session idle = open(worker, "second")) {
                assertThat(idle.lease("second", 1, 1000).leases()).isEmpty();
                send(sender, "second");

                assertThat(nextNotice(own)).isEqualTo("second");
            }
        }
    }

    @Test
    void aProcessTellsItsOwnWorkersItself() throws SQLException {
        try (Broker both = namespace.connect();
                Broker other = namespace.connect();
                Session own = open(both, "first");
                Session others = open(other, "second");
                Connection listening = setUp.pool().getConnection()) {
            listen(listening, channel());
            assertThat(own.lease("first", 1, 1000).leases()).isEmpty();
            assertThat(others.lease("second", 1, 1000).leases()).isEmpty();

            send(both, "first");
            send(both, "second");

            assertThat(nextNotice(listening)).isEqualTo("second");
        }
    }

    @Test
    void listeningBeginsAgain_afterItsConnectionBroke() throws SQLException {
        try (Broker worker = namespace.connect();
                Session session = open(worker, "first")) {
            int before = listener();
            try (Connection connection = setUp.pool().getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("SELECT pg_terminate_backend(" + before + ")");
            }
            assertThat(session.lease("first", 1, 1000).leases()).isEmpty();
            eventually("another connection listens", () -> ask("SELECT pid" + listening + " AND pid <> " + before));
        }
    }

    @Test
    void anUncheckedExceptionOfThePool_isSaid_andNoticesGoOnAfterIt() throws SQLException {
        AtomicBoolean broken = new AtomicBoolean();
        DataSource failing = (DataSource) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {DataSource.class}, (self, method, arguments) -> {
                    if (broken.get() && Thread.currentThread().getName().equals("goose-notifier")) {
                        throw new IllegalStateException("the pool is being redeployed");
                    }
                    return method.invoke(setUp.pool(), arguments);
                });
        try (LogCapture log = LogCapture.open();
                Broker worker = namespace.connect();
                Broker sender = namespace.over(failing);
                Session idle = open(worker, "first");
                Connection own = setUp.pool().getConnection()) {
            listen(own, channel());
            assertThat(idle.lease("first", 1, 1000).leases()).isEmpty();
            sender.check();

            broken.set(true);
            send(sender, "first");
            eventually("it is said", () -> log.count("GOOSE-3071") > 0 ? Optional.of(true) : Optional.empty());
            broken.set(false);
            send(sender, "first");

            assertThat(nextNotice(own)).isEqualTo("first");
        }
    }

    private static final String SAID = " FROM pg_stat_activity WHERE query LIKE 'LISTEN goose_%'";

    private String listening = "";

    /** Connections of former tests, which listened elsewhere, may be in the pool. */
    @BeforeEach
    void passOverOthers() throws SQLException {
        String others = ask("SELECT COALESCE(string_agg(quote_literal(query), ', '), quote_literal(''))" + SAID)
                .orElseThrow();
        listening = SAID + " AND state = 'idle' AND query NOT IN (" + others + ")";
    }

    private static Session open(Broker broker, String queue) {
        return broker.open(
                new SessionSpec(List.of(queue), 1, 1, Set.of(), Duration.ofSeconds(30), Duration.ofSeconds(5), "test"));
    }

    private static void send(Broker broker, String queue) {
        QueuedJob job = TestJobs.job(queue);
        assertThat(broker.send(List.of(job)).toCompletableFuture().join())
                .containsExactly(SendResult.Accepted.INSTANCE);
    }

    private String channel() throws SQLException {
        return eventually("somebody listens", () -> ask("SELECT substr(query, 8)" + listening));
    }

    private int listener() throws SQLException {
        return Integer.parseInt(eventually("somebody listens", () -> ask("SELECT pid" + listening)));
    }

    private static void listen(Connection connection, String channel) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("LISTEN " + channel);
        }
    }

    private static String nextNotice(Connection connection) throws SQLException {
        PGNotification[] notices = connection.unwrap(PGConnection.class).getNotifications(60_000);
        assertThat(notices).as("a notice in 60 s").isNotEmpty();
        return notices[0].getParameter();
    }

    private static Optional<String> ask(String query) throws SQLException {
        try (Connection connection = setUp.pool().getConnection();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(query)) {
            return result.next() ? Optional.of(result.getString(1)) : Optional.empty();
        }
    }

    private interface Question<T> {
        Optional<T> ask() throws SQLException;
    }

    private static <T> T eventually(String what, Question<T> question) throws SQLException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (true) {
            Optional<T> answer = question.ask();
            if (answer.isPresent()) {
                return answer.get();
            }
            assertThat(System.nanoTime() - deadline).as("not in time: " + what).isNegative();
        }
    }
}
