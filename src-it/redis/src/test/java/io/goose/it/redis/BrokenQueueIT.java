package io.goose.it.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.goose.BrokerUnavailableException;
import io.goose.Job;
import io.goose.JobCall;
import io.goose.admin.QueueStats;
import io.goose.it.server.FaultyProxy;
import io.goose.it.server.Redis;
import io.goose.it.server.RedisServer;
import io.goose.job.JobId;
import io.goose.job.QueuedJob;
import io.goose.se.Goose;
import io.goose.spi.Broker;
import io.goose.spi.Lease;
import io.goose.spi.Session;
import io.goose.spi.SessionSpec;
import io.goose.spi.Settlement;
import io.goose.spi.Verdict;
import io.goose.tck.TestJobs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Of two queues of a worker one cannot be used, as where its slot is away; the other goes on. */
final class BrokenQueueIT extends FaultTest {

    private static final String BROKEN = "broken";

    private RedisServer server;

    @BeforeEach
    void start() {
        server = later(Redis.version("7.0").server().start());
    }

    /** What the queue keeps its sessions in becomes something that no script can use. */
    private void breakQueue() throws Exception {
        server.call("RENAME", "tck:{broken}:sess", "kept");
        server.call("SET", "tck:{broken}:sess", "x");
        server.call("RENAME", "tck:{broken}:sinfo", "keptinfo");
        server.call("SET", "tck:{broken}:sinfo", "x");
    }

    private void mendQueue() throws Exception {
        server.call("RENAME", "kept", "tck:{broken}:sess");
        server.call("RENAME", "keptinfo", "tck:{broken}:sinfo");
    }

    @Test
    void aSession_beatsAndSettles_whereItCan() throws Exception {
        Broker broker = brokerAt(server.host(), server.port());
        Session session = broker.open(new SessionSpec(
                List.of(BROKEN, QUEUE), 5, 5, Set.of(), Duration.ofSeconds(2), Duration.ofMillis(200), "fault-test"));
        List<QueuedJob> jobs = List.of(TestJobs.job(BROKEN), TestJobs.job(QUEUE));
        send(broker, jobs);
        List<Lease> held = new ArrayList<>(session.lease(BROKEN, 1, 1 << 20).leases());
        held.addAll(lease(session, 1));
        List<Settlement> outcomes = done(held);
        breakQueue();

        assertThatThrownBy(() -> session.settle(outcomes)).isInstanceOf(BrokerUnavailableException.class);
        assertThat(broker.stats(QUEUE).running()).isZero();
        assertThat(session.settle(outcomes.subList(1, 2))).containsExactly(Verdict.APPLIED);
        for (int i = 0; i < 15; i++) { // for longer than the lease
            assertThat(session.renew().failed()).containsExactly(BROKEN);
            pause(200);
        }

        List<QueuedJob> more = List.of(TestJobs.job(QUEUE));
        send(broker, more);
        assertThat(lease(session, 1)).extracting(lease -> lease.job().id()).isEqualTo(TestJobs.ids(more));
        mendQueue();
        assertThat(session.renew().failed()).isEmpty();
    }

    /** Jobs of the tests. */
    public static class Notes {
        private final BlockingQueue<Integer> notes = new LinkedBlockingQueue<>();
        private final CountDownLatch started = new CountDownLatch(1);
        private final CountDownLatch goOn = new CountDownLatch(1);

        @Job(name = "note")
        public void note(int number) {
            notes.add(number);
        }

        @Job(name = "hold", queue = BROKEN)
        public void hold() throws InterruptedException {
            started.countDown();
            goOn.await();
        }
    }

    @Test
    void aWorker_runsTheJobsOfTheOtherQueue_andWritesTheirOutcomes() throws Exception {
        Notes notes = new Notes();
        Goose goose = later(Goose.builder()
                .config("goose.namespace", "tck")
                .config("goose.broker.main.url", server.url().toString())
                .config("goose.broker.main.timeout", "PT1S")
                .config("goose.worker.queues", BROKEN + "," + QUEUE)
                .config("goose.worker.order", "strict")
                .config("goose.worker.heartbeat", "PT1S")
                .config("goose.worker.lease", "PT3S")
                .register(notes)
                .build()
                .start());
        goose.client().performAsync(JobCall.of("hold"));
        assertThat(notes.started.await(60, TimeUnit.SECONDS)).isTrue();
        breakQueue();
        notes.goOn.countDown(); // an outcome that cannot be written

        long begun = System.nanoTime();
        int number = 0;
        while (System.nanoTime() - begun < TimeUnit.SECONDS.toNanos(6)) { // twice the lease
            goose.client().with(options -> options.queue(QUEUE)).performAsync(JobCall.of("note", ++number));
            assertThat(notes.notes.poll(60, TimeUnit.SECONDS))
                    .as("job that runs %d s after the other queue broke", (System.nanoTime() - begun) / 1_000_000_000)
                    .isEqualTo(number);
        }
        await(() -> isEmpty(goose.admin().stats(QUEUE)));
        mendQueue();
        await(() -> isEmpty(goose.admin().stats(BROKEN)));
    }

    private static boolean isEmpty(QueueStats stats) {
        return stats.waiting() + stats.running() + stats.scheduled() + stats.dead() == 0;
    }

    private static void await(BooleanSupplier state) {
        long begun = System.nanoTime();
        while (!state.getAsBoolean()) {
            assertThat(System.nanoTime() - begun).as("nanoseconds").isLessThan(TimeUnit.SECONDS.toNanos(60));
            pause(50);
        }
    }

    private SessionSpec knowing(String... queues) {
        return new SessionSpec(
                List.of(queues),
                5,
                5,
                Set.of("handler:new"),
                Duration.ofSeconds(30),
                Duration.ofMillis(200),
                "fault-test");
    }

    @Test
    void aStandingThatIsLost_isToldToItsJobs_thoughNothingCanBeAdopted() throws Exception {
        Session session = brokerAt(server.host(), server.port()).open(knowing(QUEUE));
        sendSome(brokerAt(server.host(), server.port()), 2);
        List<Lease> held = lease(session, 2);
        server.call("HSET", "tck:{mail}:unk", "handler:new", "1");
        server.call("SET", "tck:{mail}:n:handler:new", "no set"); // what no script can use
        server.call("DEL", "tck:{mail}:sess");
        try (LogCapture log = LogCapture.of("io.goose.broker.redis")) {
            assertThat(session.renew().lost()).containsExactlyInAnyOrderElementsOf(held);
            assertThat(session.renew().failed())
                    .as("a beat is one all the same")
                    .isEmpty();
            assertThat(log.messages())
                    .filteredOn(line -> line.startsWith("GOOSE-3038"))
                    .as("it is said once")
                    .hasSize(1);
        }
    }

    @Test
    void aClaimThatIsAnsweredAfterItsStandingWasReplaced_leasesNothing() throws Exception {
        FaultyProxy proxy = later(FaultyProxy.inFrontOf(server));
        Broker broker = broker(Map.of("url", "redis://" + proxy.host() + ":" + proxy.port(), "timeout", "PT30S"));
        Session session = open(broker);
        List<JobId> sent = sendSome(broker, 1);
        session.renew();
        Broker direct = broker(server);
        proxy.delayReplies(Duration.ofSeconds(6));
        CompletableFuture<List<Lease>> claim = CompletableFuture.supplyAsync(() -> lease(session, 1));
        eventually("the server has leased it", () -> direct.stats(QUEUE).running() == 1);
        proxy.delayReplies(Duration.ZERO);
        server.call("DEL", "tck:{mail}:sess");
        session.renew();
        assertThat(claim.isDone()).as("the claim was answered before").isFalse();

        assertThat(claim.join()).isEmpty();
        assertThat(session.renew().lost()).extracting(lease -> lease.job().id()).isEqualTo(sent);
    }

    private Broker broker(RedisServer at) {
        return brokerAt(at.host(), at.port());
    }

    @Test
    void aSession_isOpenedWhereItCanBe_andElsewhereLater() throws Exception {
        server.call("SET", "tck:{broken}:sess", "x");
        Broker broker = broker(server);
        List<JobId> sent = sendSome(broker, 1);
        send(broker, List.of(TestJobs.job(BROKEN)));
        Session session = broker.open(knowing(BROKEN, QUEUE));

        assertThat(drain(session)).isEqualTo(sent);
        assertThat(session.renew().failed()).containsExactly(BROKEN);
        assertThatThrownBy(() -> session.lease(BROKEN, 1, 1 << 20)).isInstanceOf(BrokerUnavailableException.class);

        server.call("DEL", "tck:{broken}:sess");
        assertThat(drain(session, BROKEN)).hasSize(1);
        assertThat(session.renew().failed()).isEmpty();
    }

    @Test
    void aSession_isOpened_thoughItsQueuesCannotBeNoted_andNotesThemLater() throws Exception {
        server.call("SET", "tck:queues", "x");
        Broker broker = broker(server);
        Session session = open(broker);
        server.call("DEL", "tck:queues");

        session.renew();

        assertThat(broker.queues()).containsExactly(QUEUE);
        assertThat(lease(session, 1)).isEmpty();
    }

    @Test
    void aSession_isRefused_whereNoneOfItsQueuesCanBeUsed() throws Exception {
        server.call("SET", "tck:{mail}:sess", "x");

        assertThatThrownBy(() -> open(broker(server))).isInstanceOf(BrokerUnavailableException.class);
    }
}
