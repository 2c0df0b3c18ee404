package io.goose.it.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

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
import io.goose.tck.TestJobs;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A PostgreSQL that is killed, and statements that it ends: nothing is lost, and work goes on by itself. */
final class DatabaseFaults {

    private static final String QUEUE = "faults";

    private final DatabaseSetUp setUp = DatabaseSetUp.postgreSql();
    private final Broker broker = new JdbcUnderTest(setUp.pool()).connect();

    @AfterEach
    void end() {
        broker.close();
        setUp.close();
    }

    @Test
    void aServerThatIsKilledUnderLoad_losesNothingThatWasAccepted() throws Exception {
        DatabaseServer server = setUp.server();
        Map<JobId, SendResult> sent = new ConcurrentHashMap<>();
        AtomicBoolean stop = new AtomicBoolean();
        CompletableFuture<Map<JobId, Integer>> worker = CompletableFuture.supplyAsync(() -> work(stop));
        for (int round = 0; round < 3; round++) {
            AtomicBoolean back = new AtomicBoolean();
            CompletableFuture<Void> sender = CompletableFuture.runAsync(() -> sendUntil(back, sent));
            int before = sent.size();
            eventually("jobs are on their way", () -> sent.size() > before + 100);
            server.kill();
            server.start();
            eventually("jobs are accepted again", () -> {
                broker.check();
                return true;
            });
            back.set(true);
            sender.get(60, TimeUnit.SECONDS);
        }

        List<JobId> accepted = sent.entrySet().stream()
                .filter(entry -> !(entry.getValue() instanceof SendResult.Unknown))
                .map(Map.Entry::getKey)
                .toList();
        assertThat(accepted).hasSizeGreaterThan(300);
        eventually(
                "all jobs are done",
                () -> broker.stats(QUEUE).waiting() == 0 && broker.stats(QUEUE).running() == 0);
        stop.set(true);
        Map<JobId, Integer> runs = worker.get(60, TimeUnit.SECONDS);
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
        try (Connection blocker = setUp.pool().getConnection();
                Statement statement = blocker.createStatement()) {
            statement.execute("ALTER USER goose SET statement_timeout = 200");
            setUp.pool().getHikariPoolMXBean().softEvictConnections();
            blocker.setAutoCommit(false);
            statement.execute("SET LOCAL statement_timeout = 0");
            statement.execute("LOCK TABLE goose_job IN ACCESS EXCLUSIVE MODE");
            assertThat(refusal(() -> session.lease(QUEUE, 1, 1000)))
                    .isInstanceOf(BrokerUnavailableException.class)
                    .hasMessageStartingWith("GOOSE-3040: ")
                    .hasMessageContaining("tried again");
            assertThat(broker.send(List.of(TestJobs.job(QUEUE)))
                            .toCompletableFuture()
                            .join())
                    .singleElement()
                    .isInstanceOfSatisfying(SendResult.Unknown.class, unknown -> assertThat(unknown.sent())
                            .isFalse());
            blocker.rollback();
            blocker.setAutoCommit(true);
        }

        assertThat(session.lease(QUEUE, 1, 1000).leases())
                .extracting(lease -> lease.job().id())
                .containsExactly(job.id());
        assertThat(broker.list(QUEUE, Place.RUNNING, 0, 10)).hasSize(1);
    }

    @Test
    void aServerThatRestarts_isFoundAgain() {
        QueuedJob job = send();
        Session session = open();
        setUp.server().stop();
        assertThat(refusal(broker::check)).isInstanceOf(BrokerUnavailableException.class);
        setUp.server().start();

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
        assertThat(broker.send(List.of(job)).toCompletableFuture().join())
                .containsExactly(SendResult.Accepted.INSTANCE);
        return job;
    }

    private void sendUntil(AtomicBoolean enough, Map<JobId, SendResult> sent) {
        while (!enough.get()) {
            QueuedJob job = TestJobs.job(QUEUE);
            sent.put(
                    job.id(),
                    broker.send(List.of(job)).toCompletableFuture().join().get(0));
        }
    }

    private Session open() {
        return broker.open(
                new SessionSpec(List.of(QUEUE), 1, 1, Set.of(), Duration.ofSeconds(30), Duration.ofSeconds(5), "test"));
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
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (true) {
            try {
                if (condition.holds()) {
                    return;
                }
            } catch (BrokerUnavailableException away) {
                assertThat(away).hasMessageStartingWith("GOOSE-3040: ");
            }
            assertThat(System.nanoTime() - deadline).as("not in time: " + what).isNegative();
            Thread.onSpinWait();
        }
    }
}
