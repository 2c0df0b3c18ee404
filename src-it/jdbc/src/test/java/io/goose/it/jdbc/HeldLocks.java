package io.goose.it.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.goose.BrokerUnavailableException;
import io.goose.job.QueuedJob;
import io.goose.spi.Beat;
import io.goose.spi.Broker;
import io.goose.spi.Lease;
import io.goose.spi.SendResult;
import io.goose.spi.Session;
import io.goose.spi.SessionSpec;
import io.goose.spi.Sweep;
import io.goose.tck.TestJobs;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * A transaction that locks what a worker needs and does not end, as when its connection hangs half-open: it costs seconds, and
 * it stops nobody's heart but, at most, that of the worker whose connection it is.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class HeldLocks {

    private static final String QUEUE = "held";
    private static final Duration HEARTBEAT = Duration.ofMillis(100);
    private static final int BEATS_UNTIL_DEAD = 25;

    private @Nullable DatabaseSetUp setUp;
    private @Nullable Broker broker;

    abstract DatabaseSetUp setUp();

    /** A query of how long the statements of a connection wait for locks. */
    abstract String lockWait();

    @BeforeAll
    void startServer() {
        setUp = setUp();
    }

    @AfterAll
    void endServer() {
        if (setUp != null) {
            setUp.close();
        }
    }

    @BeforeEach
    void connect() {
        broker = new JdbcUnderTest(pool()).connect();
    }

    @AfterEach
    void close() {
        broker().close();
    }

    private HikariDataSource pool() {
        return Objects.requireNonNull(setUp).pool();
    }

    private Broker broker() {
        return Objects.requireNonNull(broker);
    }

    private Session open(Duration lease) {
        return broker().open(new SessionSpec(List.of(QUEUE), 1, 1, Set.of(), lease, HEARTBEAT, "test"));
    }

    private List<QueuedJob> send(int count) {
        List<QueuedJob> jobs = TestJobs.jobs(QUEUE, count);
        assertThat(broker().send(jobs).toCompletableFuture().join()).containsOnly(SendResult.Accepted.INSTANCE);
        return jobs;
    }

    /** By its whole key: MariaDB locks what it passes on the way. */
    private String row(QueuedJob job) throws SQLException {
        String queue = ask("SELECT queue FROM goose_job WHERE id = '" + job.id() + "'");
        return "SELECT id FROM goose_job WHERE queue = " + queue + " AND id = '" + job.id() + "'";
    }

    private Connection holding(String query) throws SQLException {
        Connection connection = pool().getConnection();
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement();
                ResultSet locked = statement.executeQuery(query + " FOR UPDATE")) {
            assertThat(locked.next()).isTrue();
        }
        return connection;
    }

    /** Beats and sweeps for longer than a session of a second lives; how many jobs were rescued meanwhile. */
    private static int heart(Session session) {
        int rescued = 0;
        for (int beat = 0; beat < BEATS_UNTIL_DEAD; beat++) {
            rescued += beat(session);
            LockSupport.parkNanos(HEARTBEAT.toNanos());
        }
        return rescued;
    }

    private static int beat(Session session) {
        session.renew();
        Sweep sweep = session.sweep();
        return sweep.rescued().size() + sweep.suspects().size();
    }

    private static void rescueSoon(Session session, int jobs) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        for (int rescued = beat(session); rescued < jobs; rescued += beat(session)) {
            assertThat(System.nanoTime() - deadline).as("not in time").isNegative();
        }
    }

    @Test
    void theSessionOfADeadWorker_isLeftAloneWhileItIsLocked_andNoHeartWaits() throws Exception {
        send(3);
        Session dead = open(Duration.ofSeconds(1));
        assertThat(dead.lease(QUEUE, 3, 1 << 20).leases()).hasSize(3);
        try (Session living = open(Duration.ofSeconds(30));
                Connection hanging = holding("SELECT id FROM goose_session WHERE id = '" + dead.id() + "'")) {
            CompletableFuture<Integer> heart = CompletableFuture.supplyAsync(() -> heart(living));
            assertThat(heart.get(180, TimeUnit.SECONDS)).isZero();

            hanging.rollback();
            rescueSoon(living, 3);
            assertThat(broker().stats(QUEUE).waiting()).isEqualTo(3);
        }
    }

    @Test
    void theJobsOfADeadWorker_areRescuedAtOnce_exceptThoseThatAreLocked() throws Exception {
        List<QueuedJob> jobs = send(3);
        Session dead = open(Duration.ofSeconds(1));
        List<Lease> leases = dead.lease(QUEUE, 3, 1 << 20).leases();
        assertThat(leases).hasSize(3);
        try (Session living = open(Duration.ofSeconds(30));
                Connection hanging = holding(row(jobs.get(1)))) {
            CompletableFuture<Integer> heart = CompletableFuture.supplyAsync(() -> heart(living));
            assertThat(heart.get(180, TimeUnit.SECONDS)).isEqualTo(2);
            assertThat(broker().stats(QUEUE).running()).isEqualTo(1);
            assertThat(dead.renew().lost())
                    .as("it must not go on with what is left")
                    .hasSize(3);

            hanging.rollback();
            rescueSoon(living, 1);
            assertThat(broker().stats(QUEUE).waiting()).isEqualTo(3);
        }
    }

    @Test
    void aClaimThatNeedsWhatIsLocked_waitsForSeconds_andSaysWhatHappensNext_whileTheHeartGoesOn() throws Exception {
        List<QueuedJob> jobs = send(1);
        try (Session session = open(Duration.ofSeconds(30))) {
            try (Connection hanging = holding("SELECT id FROM goose_session WHERE id = '" + session.id() + "'")) {
                CompletableFuture<Void> claim =
                        CompletableFuture.runAsync(() -> refused(() -> session.lease(QUEUE, 1, 1 << 20)));
                int beats = 0;
                while (!claim.isDone()) {
                    assertThat(session.renew()).isEqualTo(Beat.OK);
                    beats++;
                }
                assertThat(beats).as("the heart did not wait for it").isGreaterThan(2);
                claim.get(180, TimeUnit.SECONDS);
                hanging.rollback();
            }
            session.renew();
            assertThat(session.lease(QUEUE, 1, 1 << 20).leases())
                    .extracting(lease -> lease.job().id())
                    .containsExactly(jobs.get(0).id());
        }
    }

    @Test
    void anAdministratorsCall_outsideOfTheTransactionThatHoldsTheJob_doesNotWaitForEver() throws Exception {
        QueuedJob job = send(1).get(0);
        try (Connection callers = holding(row(job))) {
            refused(() -> broker().delete(QUEUE, job.id()));
            callers.rollback();
        }
        assertThat(broker().delete(QUEUE, job.id())).isTrue();
    }

    private static void refused(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOf(BrokerUnavailableException.class)
                .hasMessageStartingWith("GOOSE-3070: ")
                .hasMessageContaining("another transaction has locked")
                .hasMessageContaining("call after its end")
                .hasMessageContaining("is tried again");
    }

    @Test
    void connectionsGoBackAsTheyCame() throws SQLException {
        String fresh = ask(lockWait());
        send(1);
        try (Session session = open(Duration.ofSeconds(30))) {
            assertThat(session.lease(QUEUE, 1, 1 << 20).leases()).hasSize(1);
            heart(session);
        }
        List<Connection> all = new ArrayList<>();
        try {
            while (pool().getHikariPoolMXBean().getIdleConnections() > 0) {
                all.add(pool().getConnection());
                try (Statement statement = all.get(all.size() - 1).createStatement();
                        ResultSet now = statement.executeQuery(lockWait())) {
                    now.next();
                    assertThat(now.getString(1)).isEqualTo(fresh);
                }
            }
            assertThat(all).isNotEmpty();
        } finally {
            for (Connection connection : all) {
                connection.close();
            }
        }
    }

    private String ask(String query) throws SQLException {
        try (Connection connection = pool().getConnection();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(query)) {
            result.next();
            return result.getString(1);
        }
    }
}
