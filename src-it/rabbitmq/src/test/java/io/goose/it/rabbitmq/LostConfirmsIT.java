package io.goose.it.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.BrokerUnavailableException;
import io.goose.it.server.CuttingProxy;
import io.goose.it.server.RabbitCluster;
import io.goose.it.server.RabbitMq;
import io.goose.job.JobId;
import io.goose.job.QueuedJob;
import io.goose.spi.Broker;
import io.goose.spi.Lease;
import io.goose.spi.Outcome;
import io.goose.spi.SendResult;
import io.goose.spi.Session;
import io.goose.spi.SessionSpec;
import io.goose.spi.Settlement;
import io.goose.spi.Track;
import io.goose.spi.Verdict;
import io.goose.tck.BrokerUnderTest;
import io.goose.tck.TestJobs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowingConsumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The connection is cut between the messages and their confirmations. */
@Timeout(300)
final class LostConfirmsIT {

    private static final String QUEUE = "unheard";
    private static final int JOBS = 100;
    private static final int CHANNELS = 4; // on which a broker publishes, in turn
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Map<String, String> SETTINGS = Map.of("send-timeout", "PT1M"); // RabbitMQ's own tool is slow

    private static RabbitCluster rabbit;

    @BeforeAll
    static void startServer() {
        rabbit = RabbitMq.start();
    }

    @AfterAll
    static void endServer() {
        rabbit.close();
    }

    @Test
    @DisplayName("Issue 4: confirm lost: the outcome is unknown, the repeat is taken, and each job runs twice")
    void alone_whatIsRepeatedRunsTwice() throws Exception {
        try (CuttingProxy proxy = new CuttingProxy(rabbit.node());
                RabbitUnderTest underTest = new RabbitUnderTest(uri(proxy), SETTINGS)) {
            Map<JobId, Integer> ran = runAfterLostConfirms(
                    proxy, underTest, underTest, TestJobs.jobs(QUEUE, JOBS), LostConfirmsIT::isUnknown, 2);

            assertThat(ran.values()).as("both copies are there").containsOnly(2);
        }
    }

    @Test
    @Tag("matrix")
    @DisplayName("Issue 4: confirm lost: with a ledger of what is guarded, an id that the caller chose runs once")
    void guarded_whatIsRepeatedRunsOnce() throws Exception {
        List<QueuedJob> jobs =
                TestJobs.jobs(QUEUE, JOBS).stream().map(TestJobs::marked).toList();
        withLedger(Track.GUARDED, jobs);
    }

    @Test
    @DisplayName("Issue 4: confirm lost: with a ledger of all jobs, each runs once")
    void tracked_whatIsRepeatedRunsOnce() throws Exception {
        withLedger(Track.ALL, TestJobs.jobs(QUEUE, JOBS));
    }

    private static void withLedger(Track track, List<QueuedJob> jobs) throws Exception {
        try (CuttingProxy proxy = new CuttingProxy(rabbit.node())) {
            RabbitUnderTest transport = new RabbitUnderTest(uri(proxy), SETTINGS);
            try (JoinedUnderTest underTest = JoinedUnderTest.withH2(transport, track)) {
                // The ledger has it, and sees to the rest.
                Map<JobId, Integer> ran = runAfterLostConfirms(
                        proxy,
                        transport,
                        underTest,
                        jobs,
                        told -> assertThat(told).isEqualTo(SendResult.Accepted.INSTANCE),
                        1);

                assertThat(ran.values()).containsOnly(1);
            }
        }
    }

    private static String uri(CuttingProxy proxy) {
        return "amqp://guest:guest@127.0.0.1:" + proxy.port();
    }

    private static void isUnknown(SendResult told) {
        assertThat(told).isInstanceOfSatisfying(SendResult.Unknown.class, unknown -> {
            assertThat(unknown.sent()).as("it may be there").isTrue();
            assertThat(unknown.cause()).isInstanceOf(BrokerUnavailableException.class);
        });
    }

    /**
     * Loses all confirmations of these jobs, sends them again, for their fate is unknown, and says how often each ran.
     *
     * @param fate what the sender is told
     * @param copies how often each should run
     */
    private static Map<JobId, Integer> runAfterLostConfirms(
            CuttingProxy proxy,
            RabbitUnderTest transport,
            BrokerUnderTest underTest,
            List<QueuedJob> jobs,
            ThrowingConsumer<SendResult> fate,
            int copies)
            throws Exception {
        try (Broker broker = underTest.connect();
                Session session = session(broker)) {
            List<JobId> before = new ArrayList<>();
            for (int channel = 0; channel < CHANNELS; channel++) {
                QueuedJob job = TestJobs.job(QUEUE);
                assertThat(send(broker, List.of(job)).get(90, TimeUnit.SECONDS))
                        .containsOnly(SendResult.Accepted.INSTANCE);
                before.add(job.id());
            }
            List<JobId> first = new ArrayList<>();
            until("all channels and queues are there", () -> {
                first.addAll(run(session));
                return first.containsAll(before);
            });
            until("that is written", () -> messages(transport) == 0);

            proxy.keepReplies();
            CompletableFuture<List<SendResult>> unheard = send(broker, jobs);
            try {
                until("the messages are in their queue", () -> waiting(transport) == jobs.size());
                assertThat(unheard).isNotDone();
            } finally {
                proxy.cut();
            }
            assertThat(unheard.get(90, TimeUnit.SECONDS)).allSatisfy(fate);

            assertThat(send(broker, jobs).get(90, TimeUnit.SECONDS))
                    .allMatch(result -> result instanceof SendResult.Accepted || result instanceof SendResult.Exists);

            List<JobId> ran = new ArrayList<>();
            until("all jobs run, and no message is left", () -> {
                List<JobId> more = run(session);
                ran.addAll(more);
                return more.isEmpty()
                        && ran.size() >= jobs.size() * copies
                        && broker.stats(QUEUE).waiting() == 0
                        && messages(transport) == 0;
            });
            Map<JobId, Integer> times = new HashMap<>();
            ran.forEach(id -> times.merge(id, 1, Integer::sum));
            assertThat(times).containsOnlyKeys(TestJobs.ids(jobs));
            return times;
        }
    }

    private static Session session(Broker broker) {
        return broker.open(
                new SessionSpec(List.of(QUEUE), 5, 5, Set.of(), Duration.ofMinutes(5), Duration.ofMillis(100), "here"));
    }

    private static CompletableFuture<List<SendResult>> send(Broker broker, List<QueuedJob> jobs) {
        return broker.send(jobs).toCompletableFuture();
    }

    /** Runs what comes, and says what that was; nothing while the connection is away. */
    private static List<JobId> run(Session session) throws Exception {
        List<JobId> ran = new ArrayList<>();
        try {
            session.renew();
            session.sweep();
            for (Lease lease : session.lease(QUEUE, 5, 1 << 20, true).leases()) {
                Verdict verdict = session.settle(List.of(Settlement.of(lease, Outcome.Done.INSTANCE)))
                        .get(0);
                if (verdict == Verdict.APPLIED) {
                    ran.add(lease.job().id());
                }
            }
        } catch (BrokerUnavailableException away) {
            TimeUnit.MILLISECONDS.sleep(50);
        }
        return ran;
    }

    private static long waiting(RabbitUnderTest transport) {
        return count(transport, ":" + QUEUE);
    }

    private static long messages(RabbitUnderTest transport) {
        return waiting(transport) + count(transport, ":" + QUEUE + ":suspect");
    }

    /** As RabbitMQ's own tool has it, which counts what is fetched, too. */
    private static long count(RabbitUnderTest transport, String queue) {
        String name = transport.namespace() + queue + "\t";
        return rabbit.node()
                .control("list_queues", "name", "messages", "--no-table-headers")
                .lines()
                .filter(line -> line.startsWith(name))
                .mapToLong(line -> Long.parseLong(line.substring(name.length()).strip()))
                .sum();
    }

    private static void until(String what, Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.call()) {
            assertThat(System.nanoTime())
                    .as("not within " + PATIENCE + ": " + what)
                    .isLessThan(end);
        }
    }
}
