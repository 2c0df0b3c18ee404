package io.goose.it.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import io.goose.BrokerUnavailableException;
import io.goose.admin.Place;
import io.goose.it.server.DatabaseServer;
import io.goose.job.JobId;
import io.goose.job.QueuedJob;
import io.goose.spi.Broker;
import io.goose.spi.Lease;
import io.goose.spi.Outcome;
import io.goose.spi.SendResult;
import io.goose.spi.Session;
import io.goose.spi.SessionSpec;
import io.goose.spi.Settlement;
import io.goose.spi.Verdict;
import io.goose.tck.TestJobs;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * A database that is killed, has no connection to give, ends statements, or chooses a victim; and workers whose clocks are wrong:
 * nothing is lost, and work goes on by itself.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class DatabaseFaults {

    private static final String QUEUE = "faults";
    private static final int SOME_JOBS = 100;

    private @Nullable DatabaseSetUp started;
    private @Nullable JdbcUnderTest namespace;
    private @Nullable Broker connected;

    abstract DatabaseSetUp setUp();

    /** Makes the server end statements of new connections after a fifth of a second, or not. */
    abstract void limitStatements(Statement statement, boolean limited) throws SQLException;

    /** Locks the jobs so that nobody else can use the table. */
    abstract void lockJobs(Statement statement) throws SQLException;

    /** Lets go of that. */
    abstract void unlockJobs(Statement statement) throws SQLException;

    /** Begins a transaction that the database will not choose when it needs a victim of a deadlock. */
    abstract void beginAsTheStronger(Connection connection) throws SQLException;

    /** A query of how many deadlocks there were. */
    abstract String deadlocks();

    /** A query of how many transactions wait for a lock. */
    abstract String waits();

    @BeforeAll
    void startServer() {
        started = setUp();
    }

    @AfterAll
    void endServer() {
        if (started != null) {
            started.close();
        }
    }

    @BeforeEach
    void connect() {
        namespace = new JdbcUnderTest(pool());
        connected = namespace.connect();
    }

    @AfterEach
    void close() {
        broker().close();
    }

    private DatabaseServer server() {
        return Objects.requireNonNull(started).server();
    }

    private HikariDataSource pool() {
        return Objects.requireNonNull(started).pool();
    }

    private Broker broker() {
        return Objects.requireNonNull(connected);
    }

    /** Under load, as in life; the tests that follow look at one step each. */
    @Test
    void killedAndStarted_underLoad_theLoopsGoOn() throws Exception {
        try (UnderLoad load = new UnderLoad(Objects.requireNonNull(namespace))) {
            for (int round = 0; round < 2; round++) {
                load.awaitProgress(SOME_JOBS);
                server().kill();
                assertThat(load.awaitRefusal()).contains("was not enqueued").contains("GOOSE-3040");
                load.awaitFailingLoop();
                server().start();
            }
            load.awaitProgress(SOME_JOBS);
            load.finish();
        }
    }

    @Test
    void noConnectionToBeHad_underLoad_theLoopsGoOn() throws Exception {
        try (HikariDataSource small = DatabaseSetUp.pool(server(), server().jdbcUrl(), 4);
                UnderLoad load = new UnderLoad(new JdbcUnderTest(small))) {
            load.awaitProgress(SOME_JOBS);
            List<Connection> kept = new ArrayList<>();
            while (keepOne(small, kept)) {
                assertThat(kept).hasSizeLessThanOrEqualTo(4);
            }
            assertThat(load.awaitRefusal()).contains("was not enqueued").contains("its pool is too small");
            load.awaitFailingLoop();
            for (Connection connection : kept) {
                connection.close();
            }
            load.awaitProgress(SOME_JOBS);
            load.finish();
        }
    }

    /** Takes a connection, if there is one that neither a test nor a listener keeps. */
    private static boolean keepOne(HikariDataSource pool, List<Connection> kept) {
        try {
            return kept.add(pool.getConnection());
        } catch (SQLException none) {
            assertThat(none.getMessage()).contains("timed out");
            return false;
        }
    }

    @Test
    void statementsThatTimeOut_underLoad_theLoopsGoOn() throws Exception {
        try (UnderLoad load = new UnderLoad(Objects.requireNonNull(namespace))) {
            load.awaitProgress(SOME_JOBS);
            try (Connection blocker = pool().getConnection();
                    Statement statement = blocker.createStatement()) {
                limitStatements(statement, true);
                pool().getHikariPoolMXBean().softEvictConnections();
                lockJobs(statement);
                assertThat(load.awaitRefusal()).contains("was not enqueued").contains("GOOSE-3040");
                load.awaitFailingLoop();
                unlockJobs(statement);
                limitStatements(statement, false);
            }
            pool().getHikariPoolMXBean().softEvictConnections();
            load.awaitProgress(SOME_JOBS);
            load.finish();
        }
    }

    @Test
    void clocksOfWorkers_thatAreOffByAnHour_changeNothing() throws Exception {
        try (UnderLoad load = new UnderLoad(Objects.requireNonNull(namespace))) {
            load.awaitProgress(10 * SOME_JOBS);
            Map<Integer, Integer> runs = load.finish();

            assertThat(runs).allSatisfy((number, times) -> assertThat(times).isEqualTo(number % 7 == 0 ? 2 : 1));
            assertThat(load.hasLogged("GOOSE-4005")).as("leases were lost").isFalse();
            assertThat(load.hasLogged("GOOSE-4006"))
                    .as("a worker was taken for dead")
                    .isFalse();
        }
    }

    @Test
    void theVictimOfADeadlock_isRepeated() throws Exception {
        List<QueuedJob> jobs = List.of(send(), send());
        Session session = open();
        List<Lease> leases = new ArrayList<>();
        eventually(
                "both are leased",
                () -> leases.addAll(session.lease(QUEUE, 2, 1 << 20).leases()) && leases.size() == 2);
        List<Settlement> snoozed = leases.stream()
                .map(lease -> Settlement.of(lease, new Outcome.Snooze(Duration.ofHours(1))))
                .toList();
        long before = ask(deadlocks());
        try (Connection stronger = pool().getConnection()) {
            String queue = "queue = "
                    + ask("SELECT queue FROM goose_job WHERE id = '"
                            + jobs.get(0).id() + "'");
            beginAsTheStronger(stronger);
            try (Statement statement = stronger.createStatement()) {
                lock(statement, queue, leases.get(1));
                CompletableFuture<List<Verdict>> settling =
                        CompletableFuture.supplyAsync(() -> session.settle(snoozed));
                eventually("the settle has the first and waits for the second", () -> asked(waits()) > 0);
                lock(statement, queue, leases.get(0)); // now each waits for the other
                stronger.commit();
                stronger.setAutoCommit(true);

                assertThat(settling.get(180, TimeUnit.SECONDS)).containsOnly(Verdict.APPLIED);
            }
        }
        assertThat(ask(deadlocks())).isGreaterThan(before);
        assertThat(broker().stats(QUEUE).scheduled()).isEqualTo(2);
    }

    private static void lock(Statement statement, String queue, Lease lease) throws SQLException {
        statement.execute("SELECT id FROM goose_job WHERE " + queue + " AND id = '"
                + lease.job().id() + "' FOR UPDATE");
    }

    private long ask(String query) throws SQLException {
        try (Connection connection = pool().getConnection();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(query)) {
            result.next();
            return result.getLong(1);
        }
    }

    private long asked(String query) {
        try {
            return ask(query);
        } catch (SQLException failed) {
            throw new IllegalStateException(failed);
        }
    }

    @Test
    void aServerThatIsKilledUnderLoad_losesNothingThatWasAccepted() throws Exception {
        DatabaseServer server = server();
        Map<JobId, SendResult> sent = new ConcurrentHashMap<>();
        AtomicBoolean stop = new AtomicBoolean();
        CompletableFuture<Map<JobId, Integer>> worker = CompletableFuture.supplyAsync(() -> work(stop));
        for (int round = 0; round < 2; round++) {
            AtomicBoolean back = new AtomicBoolean();
            CompletableFuture<Void> sender = CompletableFuture.runAsync(() -> sendUntil(back, sent));
            int before = sent.size();
            eventually("jobs are on their way", () -> sent.size() > before + 100);
            server.kill();
            server.start();
            eventually("jobs are accepted again", () -> {
                broker().check();
                return true;
            });
            back.set(true);
            sender.get(180, TimeUnit.SECONDS);
        }

        List<JobId> accepted = sent.entrySet().stream()
                .filter(entry -> !(entry.getValue() instanceof SendResult.Unknown))
                .map(Map.Entry::getKey)
                .toList();
        assertThat(accepted).hasSizeGreaterThan(200);
        eventually(
                "all jobs are done",
                () -> broker().stats(QUEUE).waiting() == 0
                        && broker().stats(QUEUE).running() == 0);
        stop.set(true);
        Map<JobId, Integer> runs = worker.get(180, TimeUnit.SECONDS);
        assertThat(runs.keySet()).containsAll(accepted);
        assertThat(runs.keySet()).isSubsetOf(sent.keySet());
        assertThat(runs.values())
                .as("no answer was guessed at, so none was applied twice")
                .containsOnly(1);
    }

    @Test
    void aStatementThatTimesOut_isTriedAgain_andSaysSo() throws SQLException {
        QueuedJob job = send();
        Session session = open();
        try (Connection blocker = pool().getConnection();
                Statement statement = blocker.createStatement()) {
            limitStatements(statement, true);
            pool().getHikariPoolMXBean().softEvictConnections();
            lockJobs(statement);
            assertThat(refusal(() -> session.lease(QUEUE, 1, 1000)))
                    .isInstanceOf(BrokerUnavailableException.class)
                    .hasMessageStartingWith("GOOSE-3040: ")
                    .hasMessageContaining("tried again");
            assertThat(broker().send(List.of(TestJobs.job(QUEUE)))
                            .toCompletableFuture()
                            .join())
                    .singleElement()
                    .isInstanceOfSatisfying(SendResult.Unknown.class, unknown -> assertThat(unknown.sent())
                            .isFalse());
            unlockJobs(statement);
            limitStatements(statement, false);
        }
        pool().getHikariPoolMXBean().softEvictConnections();

        assertThat(session.lease(QUEUE, 1, 1000).leases())
                .extracting(lease -> lease.job().id())
                .containsExactly(job.id());
        assertThat(broker().list(QUEUE, Place.RUNNING, 0, 10)).hasSize(1);
    }

    @Test
    void aServerThatRestarts_isFoundAgain() {
        QueuedJob job = send();
        Session session = open();
        server().stop();
        assertThat(refusal(broker()::check)).isInstanceOf(BrokerUnavailableException.class);
        server().start();

        List<Lease> leases = new ArrayList<>();
        eventually(
                "the job is leased",
                () -> leases.addAll(session.lease(QUEUE, 1, 1000).leases()));
        assertThat(leases.get(0).job().id()).isEqualTo(job.id());
    }

    private static Throwable refusal(Runnable call) {
        try {
            call.run();
        } catch (RuntimeException refused) {
            return refused;
        }
        throw new AssertionError("it went well");
    }

    private QueuedJob send() {
        QueuedJob job = TestJobs.job(QUEUE);
        assertThat(broker().send(List.of(job)).toCompletableFuture().join())
                .containsExactly(SendResult.Accepted.INSTANCE);
        return job;
    }

    private void sendUntil(AtomicBoolean enough, Map<JobId, SendResult> sent) {
        while (!enough.get()) {
            QueuedJob job = TestJobs.job(QUEUE);
            sent.put(
                    job.id(),
                    broker().send(List.of(job)).toCompletableFuture().join().get(0));
        }
    }

    private Session open() {
        return broker().open(new SessionSpec(
                List.of(QUEUE), 1, 1, Set.of(), Duration.ofSeconds(30), Duration.ofSeconds(5), "test"));
    }

    /** Works as the engine does: whatever fails is asked again. How often each job was done. */
    private Map<JobId, Integer> work(AtomicBoolean stop) {
        Map<JobId, Integer> runs = new LinkedHashMap<>();
        Session session = open();
        while (!stop.get()) {
            List<Lease> leases =
                    persistently(() -> session.lease(QUEUE, 50, 1 << 20).leases());
            if (leases.isEmpty()) {
                persistently(session::renew);
                continue;
            }
            List<Settlement> settlements = leases.stream()
                    .map(lease -> Settlement.of(lease, Outcome.Done.INSTANCE))
                    .toList();
            persistently(() -> session.settle(settlements));
            leases.forEach(lease -> runs.merge(lease.job().id(), 1, Integer::sum));
        }
        return runs;
    }

    private static <T> T persistently(Supplier<T> call) {
        while (true) {
            try {
                return call.get();
            } catch (BrokerUnavailableException away) {
                Thread.onSpinWait(); // the server is started again by the test
            }
        }
    }

    private interface Condition {
        boolean holds();
    }

    private static void eventually(String what, Condition condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(180);
        while (true) {
            try {
                if (condition.holds()) {
                    return;
                }
            } catch (BrokerUnavailableException away) {
                assertThat(away).hasMessageStartingWith("GOOSE-3040: ");
            }
            assertThat(System.nanoTime() - deadline).as("not in time: " + what).isNegative();
            LockSupport.parkNanos(5_000_000); // who is waited for needs the processors
        }
    }
}
