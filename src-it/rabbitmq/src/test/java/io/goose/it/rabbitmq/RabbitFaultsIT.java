package io.goose.it.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import io.goose.BrokerRefusedException;
import io.goose.BrokerUnavailableException;
import io.goose.admin.Place;
import io.goose.admin.StoredJob;
import io.goose.it.server.CuttingProxy;
import io.goose.it.server.RabbitCluster;
import io.goose.it.server.RabbitMq;
import io.goose.job.DeliveryState;
import io.goose.job.Failure;
import io.goose.job.JobId;
import io.goose.job.QueuedJob;
import io.goose.spi.Broker;
import io.goose.spi.BrokerSettings.DeadRetention;
import io.goose.spi.Lease;
import io.goose.spi.Outcome;
import io.goose.spi.SendResult;
import io.goose.spi.Session;
import io.goose.spi.Settlement;
import io.goose.spi.Verdict;
import io.goose.tck.TestJobs;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a RabbitMQ, and who operates it, can do to jobs. */
@Timeout(300)
final class RabbitFaultsIT extends RabbitWork {

    private static final Duration LEASE = Duration.ofSeconds(12); // an operator's command takes a second and more

    private static RabbitCluster rabbit;

    private RabbitUnderTest underTest;
    private Broker broker;
    private final List<Broker> connections = new ArrayList<>();

    @BeforeAll
    static void startServer() {
        rabbit = RabbitMq.start();
    }

    @AfterAll
    static void endServer() {
        rabbit.close();
    }

    @BeforeEach
    void connectFirst() {
        underTest =
                new RabbitUnderTest(rabbit.node().uri(), Map.of("send-timeout", "PT6S", "consumer-timeout", "PT2S"));
        broker = connect();
    }

    @AfterEach
    void closeAll() {
        connections.forEach(Broker::close);
        underTest.close();
    }

    @Override
    Broker broker() {
        return broker;
    }

    private Broker connect() {
        return closeLater(underTest.connect());
    }

    private Broker closeLater(Broker connection) {
        connections.add(connection);
        return connection;
    }

    private String physical(String lane) {
        return underTest.namespace() + ":" + QUEUE + lane;
    }

    private interface OnChannel {
        void run(Channel channel) throws Exception;
    }

    private static void onChannel(OnChannel work) throws Exception {
        ConnectionFactory factory = new ConnectionFactory();
        factory.setUri(rabbit.node().uri());
        try (Connection connection = factory.newConnection();
                Channel channel = connection.createChannel()) {
            work.run(channel);
        }
    }

    @Test
    @DisplayName("Q1: a job whose queue was deleted meanwhile is not lost")
    void aQueueThatIsDeleted_isMadeAgain() throws Exception {
        Session session = open(broker);
        QueuedJob first = sent();
        Lease running = next(session);
        assertThat(running.job().id()).isEqualTo(first.id());

        onChannel(channel -> channel.queueDelete(physical("")));
        QueuedJob second = sent();
        Lease lease = next(session);

        assertThat(lease.job().id()).isEqualTo(second.id());
        assertThat(settle(session, lease, Outcome.Done.INSTANCE)).isEqualTo(Verdict.APPLIED);
    }

    /** RabbitMQ 3 moves a consumer to the new queue then and drops what that delivers; RabbitMQ 4 ends it. */
    @Test
    @DisplayName(
            "Q1: a job is not lost whose queue others made again before RabbitMQ saw to the consumers of the old one")
    void aQueueThatIsMadeAgainByOthers_losesNoJob() throws Exception {
        Session session = open(broker);
        QueuedJob first = sent();
        Lease running = next(session);
        QueuedJob second = TestJobs.job(QUEUE);
        Broker others = connect();

        rabbit.node()
                .control(
                        "eval",
                        "Channels = [proplists:get_value(channel_pid, C) || C <- rabbit_amqqueue:consumers_all(<<\"/\">>)],"
                                + " register(goose_delay, spawn(fun() ->"
                                + " [erlang:suspend_process(C) || C <- lists:usort(Channels)],"
                                + " receive go_on -> ok after 60000 -> ok end end)).");
        onChannel(channel -> channel.queueDelete(physical("")));
        assertThat(others.send(List.of(second)).toCompletableFuture().get(60, TimeUnit.SECONDS))
                .containsOnly(SendResult.Accepted.INSTANCE);
        rabbit.node().control("eval", "goose_delay ! go_on.");

        Lease lease = next(session);
        assertThat(running.job().id()).isEqualTo(first.id());
        assertThat(lease.job().id()).isEqualTo(second.id());
        assertThat(settle(session, running, new Outcome.Dead(first.state()))).isEqualTo(Verdict.APPLIED);
        assertThat(settle(session, lease, Outcome.Done.INSTANCE)).isEqualTo(Verdict.APPLIED);
        assertThat(broker.find(QUEUE, first.id()).orElseThrow().place()).isEqualTo(Place.DEAD);
        assertThat(broker.stats(QUEUE).waiting()).isZero();
    }

    @Test
    @DisplayName("Q2: a message that is refused fails its own job, and nobody else's")
    void aRefusedMessage_failsItsOwnJobAlone() throws Exception {
        letNothingInto(underTest.namespace() + ":full");
        until("it is full", () -> send(TestJobs.job("full")) instanceof SendResult.Unknown);

        List<CompletableFuture<List<SendResult>>> sends = new ArrayList<>();
        for (int i = 0; i < 8; i++) { // more than there are channels, which share them
            List<QueuedJob> mixed = new ArrayList<>();
            for (int pair = 0; pair < 10; pair++) {
                mixed.add(TestJobs.job(QUEUE));
                mixed.add(TestJobs.job("full"));
            }
            sends.add(broker.send(mixed).toCompletableFuture());
        }

        for (CompletableFuture<List<SendResult>> send : sends) {
            List<SendResult> results = send.get(60, TimeUnit.SECONDS);
            for (int i = 0; i < results.size(); i += 2) {
                assertThat(results.get(i)).isEqualTo(SendResult.Accepted.INSTANCE);
                assertThat(results.get(i + 1))
                        .isInstanceOfSatisfying(SendResult.Unknown.class, unknown -> assertThat(unknown.cause())
                                .hasMessageStartingWith("GOOSE-3090"));
            }
        }
        assertThat(broker.stats(QUEUE).waiting()).isEqualTo(80);
    }

    private static void letNothingInto(String physical) throws Exception {
        rabbit.node()
                .control(
                        "set_policy",
                        "--apply-to",
                        "queues",
                        physical,
                        "^" + physical + "$",
                        "{\"max-length\":1,\"overflow\":\"reject-publish\"}");
    }

    /** RabbitMQ stands still, and the one message that may be under way is one that was sent again. */
    @Test
    void whatWasRefused_andCannotBeSentAgain_wasRefused() throws Exception {
        RabbitUnderTest narrow =
                new RabbitUnderTest(rabbit.node().uri(), Map.of("send-timeout", "PT6S", "window", "1"));
        try (Broker sender = narrow.connect()) {
            letNothingInto(narrow.namespace() + ":full");
            until("it is full", () -> sent(sender, 1).get(0) instanceof SendResult.Unknown);

            CompletableFuture<List<SendResult>> sends =
                    sender.send(TestJobs.jobs("full", 10)).toCompletableFuture();
            rabbit.node().pause(); // all but the last have been refused
            List<SendResult> results;
            try {
                results = sends.get(60, TimeUnit.SECONDS);
            } finally {
                rabbit.node().resume();
            }

            assertThat(results).hasSize(10).allSatisfy(result -> assertThat(result)
                    .isInstanceOfSatisfying(SendResult.Unknown.class, unknown -> assertThat(unknown.sent())
                            .as("may be there: %s", unknown.cause())
                            .isTrue()));
            assertThat(results)
                    .filteredOn(result ->
                            ((SendResult.Unknown) result).cause().getMessage().startsWith("GOOSE-3090"))
                    .hasSizeGreaterThanOrEqualTo(9);
        } finally {
            narrow.close();
        }
    }

    private static List<SendResult> sent(Broker sender, int jobs) throws Exception {
        return sender.send(TestJobs.jobs("full", jobs)).toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    @Test
    @DisplayName("Q8: who dies while it takes a job out of the dead loses none")
    void whoDiesWhileItReplays_losesNoJob() throws Exception {
        QueuedJob job = sent();
        Session session = open(broker);
        settle(session, next(session), new Outcome.Dead(job.state()));
        Random random = new Random(8);
        try (CuttingProxy proxy = new CuttingProxy(rabbit.node())) {
            for (int death = 0; death < 20; death++) {
                try (Broker dying = underTest.connectThrough("amqp://guest:guest@127.0.0.1:" + proxy.port())) {
                    dying.check();
                    CompletableFuture<Boolean> replay =
                            CompletableFuture.supplyAsync(() -> dying.replay(QUEUE, job.id()));
                    LockSupport.parkNanos(random.nextInt(25_000_000));
                    proxy.cut();
                    replay.handle((done, failed) -> done).get(60, TimeUnit.SECONDS);
                }
                until("a copy of it is there", () -> {
                    for (Lease lease : session.lease(QUEUE, 5, 1 << 20).leases()) {
                        settle(session, lease, new Outcome.Dead(lease.job().state()));
                    }
                    return broker.stats(QUEUE).dead() > 0;
                });
            }
        }
        assertThat(broker.find(QUEUE, job.id()).orElseThrow().place()).isEqualTo(Place.DEAD);
    }

    @Test
    @DisplayName("Q3: after connections were closed by an operator all goes on by itself")
    void connectionsThatAreClosed_areMadeAgain() throws Exception {
        Session session = open(broker);
        QueuedJob job = sent();
        Lease lease = next(session);

        rabbit.node().control("close_all_connections", "for a test");

        until("the lease is lost", () -> {
            try {
                return session.renew().lost().contains(lease);
            } catch (BrokerUnavailableException away) {
                return false;
            }
        });
        assertThat(settle(session, lease, Outcome.Done.INSTANCE)).isEqualTo(Verdict.STALE);
        Lease again = next(session);
        assertThat(again.job().id()).isEqualTo(job.id());
        assertThat(again.suspect()).as("it may have killed its worker").isTrue();
        assertThat(settle(session, again, Outcome.Done.INSTANCE)).isEqualTo(Verdict.APPLIED);
        until("jobs are taken again", () -> send(TestJobs.job(QUEUE)) instanceof SendResult.Accepted);
    }

    @Test
    @DisplayName("Q9: a memory alarm holds up who enqueues, for a bounded time, and no worker")
    void aMemoryAlarm_holdsUpWhoEnqueues_andNoWorker() throws Exception {
        Session session = open(broker);
        QueuedJob job = sent();
        QueuedJob other = sent();
        rabbit.node().control("set_vm_memory_high_watermark", "0.00001");
        try {
            // The alarm stops a connection that publishes, at the latest with its next message.
            List<SendResult> results = new ArrayList<>();
            until("a send fails", () -> {
                results.add(send(TestJobs.job("elsewhere")));
                return results.get(results.size() - 1) instanceof SendResult.Unknown;
            });
            assertThat(send(TestJobs.job("elsewhere"))).isInstanceOfSatisfying(SendResult.Unknown.class, unknown -> {
                assertThat(unknown.sent()).isFalse();
                assertThat(unknown.cause())
                        .isInstanceOf(BrokerUnavailableException.class)
                        .hasMessageStartingWith("GOOSE-3087");
            });
            Lease lease = next(session);
            assertThat(lease.job().id()).isEqualTo(job.id());
            assertThat(settle(session, lease, Outcome.Done.INSTANCE)).isEqualTo(Verdict.APPLIED);
        } finally {
            rabbit.node().control("set_vm_memory_high_watermark", "0.4");
        }
        until("jobs are taken again", () -> send(TestJobs.job("elsewhere")) instanceof SendResult.Accepted);
        assertThat(next(session).job().id()).isEqualTo(other.id());
    }

    @Test
    void manyJobsAtOnce_waitForAnAlarmTogether() throws Exception {
        sent();
        rabbit.node().control("set_vm_memory_high_watermark", "0.00001");
        try {
            until("a send fails", () -> send(TestJobs.job(QUEUE)) instanceof SendResult.Unknown);

            List<SendResult> results = broker.send(TestJobs.jobs(QUEUE, 200))
                    .toCompletableFuture()
                    .get(60, TimeUnit.SECONDS); // of 6 s each it would be minutes

            assertThat(results).hasSize(200).allSatisfy(result -> assertThat(result)
                    .isInstanceOfSatisfying(SendResult.Unknown.class, unknown -> assertThat(unknown.sent())
                            .isFalse()));
        } finally {
            rabbit.node().control("set_vm_memory_high_watermark", "0.4");
        }
    }

    @Test
    @DisplayName("mechanics 14: the front goes first, and one job in ten is of the back")
    void whatIsFetched_goesFrontFirst_withATenthOfTheBack() throws Exception {
        List<QueuedJob> back = TestJobs.jobs(QUEUE, 100);
        List<QueuedJob> front =
                TestJobs.jobs(QUEUE, 90).stream().map(TestJobs::atFront).toList();
        Session session = open(broker);
        assertThat(session.lease(QUEUE, 200, 1 << 20).leases())
                .as("it has room for all, and nothing has come")
                .isEmpty();
        for (List<QueuedJob> jobs : List.of(back, front)) {
            assertThat(broker.send(jobs).toCompletableFuture().get(60, TimeUnit.SECONDS))
                    .allMatch(SendResult.Accepted.class::isInstance);
        }
        onChannel(channel -> until(
                "all are fetched",
                () -> channel.messageCount(physical("")) + channel.messageCount(physical(":front")) == 0
                        && broker.stats(QUEUE).waiting() == 190));

        List<JobId> leased = new ArrayList<>();
        while (leased.size() < 190) {
            session.lease(QUEUE, 1, 1 << 20)
                    .leases()
                    .forEach(lease -> leased.add(lease.job().id()));
        }

        List<JobId> expected = new ArrayList<>();
        for (int ten = 0; ten < 10; ten++) {
            expected.addAll(TestJobs.ids(front.subList(9 * ten, 9 * ten + 9)));
            expected.add(back.get(ten).id());
        }
        expected.addAll(TestJobs.ids(back.subList(10, 100)));
        assertThat(leased).isEqualTo(expected);
    }

    @Test
    @DisplayName("Issue 4: a channel that RabbitMQ closes for an error of precondition takes no other down for good")
    void channelsThatAreClosedForAnError_areReplaced() throws Exception {
        Session session = open(broker);
        QueuedJob job = sent();
        Lease lease = next(session);
        assertThat(lease.job().id()).isEqualTo(job.id());

        // As if each had acknowledged what was never delivered to it.
        rabbit.node()
                .control(
                        "eval",
                        "[rabbit_channel:do(C, {'basic.ack', 999999999, false}) || C <- rabbit_channel:list()].");

        until("the lease is lost", () -> {
            try {
                return session.renew().lost().contains(lease);
            } catch (BrokerUnavailableException away) {
                return false;
            }
        });
        Lease again = next(session);
        assertThat(again.job().id()).isEqualTo(job.id());
        assertThat(settle(session, again, Outcome.Done.INSTANCE)).isEqualTo(Verdict.APPLIED);
        for (int channel = 0; channel < 8; channel++) {
            until("jobs are taken again", () -> send(TestJobs.job(QUEUE)) instanceof SendResult.Accepted);
            assertThat(settle(session, next(session), Outcome.Done.INSTANCE)).isEqualTo(Verdict.APPLIED);
        }
    }

    @Test
    @DisplayName("mechanics 6: an orderly stop makes no suspects")
    void aSessionThatIsClosed_givesBackWhatItFetched_asItWas() throws Exception {
        List<QueuedJob> jobs = TestJobs.jobs(QUEUE, 100);
        assertThat(broker.send(jobs).toCompletableFuture().get(60, TimeUnit.SECONDS))
                .allMatch(SendResult.Accepted.class::isInstance);
        Broker stopping = connect();
        Session session = open(stopping);
        List<Lease> leases = new ArrayList<>();
        until("it has some", () -> {
            leases.addAll(session.lease(QUEUE, 40, 1 << 20).leases());
            return leases.size() >= 30;
        });
        session.settle(leases.stream()
                .limit(20)
                .map(lease -> Settlement.of(lease, Outcome.Done.INSTANCE))
                .toList());
        session.returnUnstarted(leases.subList(20, leases.size()));
        session.close();
        stopping.close();

        Session other = open(broker);
        List<JobId> ran = new ArrayList<>();
        while (ran.size() < 80) {
            Lease lease = next(other);
            assertThat(lease.suspect()).isFalse();
            assertThat(lease.job().state().crashes()).isZero();
            ran.add(lease.job().id());
            settle(other, lease, Outcome.Done.INSTANCE);
        }
        assertThat(ran).doesNotHaveDuplicates();
    }

    @Test
    @DisplayName("mechanics 17: who is busy keeps no job from others")
    void whatABusySessionHasFetched_isForOthers() throws Exception {
        Session busy = open(broker);
        sent();
        next(busy); // its thread is busy from now on: it asks for no more, and beats
        QueuedJob other = sent();
        Session idle = open(connect());

        List<Lease> leases = new ArrayList<>();
        until("the other session has it", () -> {
            busy.renew();
            leases.addAll(idle.lease(QUEUE, 1, 1 << 20).leases());
            return !leases.isEmpty();
        });

        assertThat(leases.get(0).job().id()).isEqualTo(other.id());
        assertThat(leases.get(0).suspect()).isFalse();
    }

    @Test
    @DisplayName("R7: a job whose worker dies three times, the last two times alone, is buried")
    void aPoisonJob_isBuried_andItsNeighboursAreNot() throws Exception {
        QueuedJob killer = sent();
        QueuedJob neighbour = sent();
        Broker dying = connect();
        Session first = open(dying);
        List<Lease> held = new ArrayList<>();
        until("both are leased", () -> {
            held.addAll(first.lease(QUEUE, 5, 1 << 20).leases());
            return held.size() == 2;
        });
        dying.close();

        List<String> runners = new ArrayList<>();
        for (int death = 2; death <= 3; death++) {
            Broker again = connect();
            Session session = open(again);
            runners.add(session.id());
            Lease lease = next(session);
            assertThat(lease.suspect()).isTrue();
            while (lease.job().id().equals(neighbour.id())) {
                settle(session, lease, Outcome.Done.INSTANCE);
                lease = next(session);
            }
            assertThat(lease.job().id()).isEqualTo(killer.id());
            assertThat(lease.job().state().crashes()).isEqualTo(death - 1);
            again.close();
        }
        Session session = open(broker);
        List<JobId> buried = new ArrayList<>();
        until("it is buried", () -> {
            for (Lease lease : session.lease(QUEUE, 5, 1 << 20).leases()) {
                assertThat(lease.job().id()).isEqualTo(neighbour.id());
                settle(session, lease, Outcome.Done.INSTANCE);
            }
            buried.addAll(session.sweep().buried());
            return !buried.isEmpty();
        });

        assertThat(buried).containsExactly(killer.id());
        StoredJob dead = broker.find(QUEUE, killer.id()).orElseThrow();
        assertThat(dead.place()).isEqualTo(Place.DEAD);
        Failure failure = dead.job().state().failures().last();
        assertThat(failure).isNotNull();
        assertThat(failure.type()).isEqualTo(Failure.POISON);
        assertThat(failure.message()).endsWith("host here, session " + runners.get(1) + ", 5 threads");
        assertThat(failure.stack()).containsSubsequence("session " + runners.get(0), "session " + runners.get(1));
        assertThat(broker.replay(QUEUE, killer.id())).isTrue();
        Lease replayed = next(session);
        if (replayed.job().id().equals(neighbour.id())) { // it did not come before
            settle(session, replayed, Outcome.Done.INSTANCE);
            replayed = next(session);
        }
        assertThat(replayed.job().id()).isEqualTo(killer.id());
        assertThat(replayed.suspect()).isFalse();
        assertThat(replayed.job().state().crashes()).isZero();
    }

    /** RabbitMQ puts what is rejected behind all others where a queue has no delivery limit, as one of an operator may not. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aLookWhetherTheDeadAreTooOld_leavesThemInTheirOrder(boolean ofAnOperator) throws Exception {
        if (ofAnOperator) {
            Map<String, Object> arguments =
                    Map.of("x-queue-type", "quorum", "x-dead-letter-exchange", underTest.namespace() + "::unrouted");
            onChannel(channel -> channel.queueDeclare(physical(":dead"), true, false, false, arguments));
        }
        List<JobId> newestFirst = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            newestFirst.add(0, sent().id());
            try (Session session = open(broker)) { // each looks at its first death
                Lease lease = next(session);
                settle(session, lease, new Outcome.Dead(lease.job().state()));
            }
            assertThat(broker.stats(QUEUE).dead()).isEqualTo(newestFirst.size());
        }

        assertThat(broker.list(QUEUE, Place.DEAD, 0, 10))
                .extracting(dead -> dead.job().id())
                .containsExactlyElementsOf(newestFirst);
    }

    @Test
    void deadThatAreTooMany_goOldestFirst_andItIsToldHowMany() throws Exception {
        Broker few = closeLater(underTest.connect(new DeadRetention(2, Duration.ofDays(90))));
        List<Long> evicted = new ArrayList<>();
        few.onEviction((queue, count) -> evicted.add(count));
        List<JobId> newestFirst = new ArrayList<>();
        try (Session session = open(few)) {
            for (int i = 0; i < 4; i++) {
                newestFirst.add(0, sent().id());
                Lease lease = next(session);
                settle(session, lease, new Outcome.Dead(lease.job().state()));
            }
        }

        assertThat(few.list(QUEUE, Place.DEAD, 0, 10))
                .extracting(dead -> dead.job().id())
                .containsExactlyElementsOf(newestFirst.subList(0, 2));
        assertThat(evicted).containsExactly(1L, 1L);
    }

    @Test
    void aSuspectThatIsSettled_wakesItsSessionForTheNext() throws Exception {
        Set<JobId> both = Set.of(sent().id(), sent().id());
        Broker dying = connect();
        Session first = open(dying);
        List<Lease> held = new ArrayList<>();
        until("both are leased", () -> {
            held.addAll(first.lease(QUEUE, 5, 1 << 20).leases());
            return held.size() == 2;
        });
        dying.close();
        Session session = open(broker);
        Lease suspect = next(session);
        assertThat(suspect.suspect()).isTrue();
        until("the other is a suspect, too", () -> {
            assertThat(session.lease(QUEUE, 5, 1 << 20).leases()).isEmpty();
            return broker.stats(QUEUE).waiting() == 1;
        });
        for (long quietSince = System.nanoTime(); System.nanoTime() - quietSince < 200_000_000L; ) {
            session.await(Duration.ofMillis(1));
        }

        settle(session, suspect, Outcome.Done.INSTANCE);
        List<Lease> leases = new ArrayList<>();
        while (leases.isEmpty()) {
            session.await(Duration.ofMinutes(10)); // not so long: nor is the time of this test
            leases.addAll(session.lease(QUEUE, 1, 1 << 20).leases());
        }

        assertThat(leases).hasSize(1);
        assertThat(both).contains(leases.get(0).job().id());
        assertThat(leases.get(0).job().id()).isNotEqualTo(suspect.job().id());
    }

    @Test
    @DisplayName("Q5: a job that runs for longer than a delivery may be open keeps its lease")
    void aLongJob_isKeptApart_andIsItsWorkersUntilThatDies() throws Exception {
        sent();
        Session session = broker.open(spec(LEASE));
        Lease lease = next(session);
        until("it is copied", () -> {
            assertThat(session.renew().lost()).isEmpty();
            return broker.stats(QUEUE).running() == 1 && holdsWhileItBeats(session) == 1;
        });
        for (int i = 0; i < 140; i++) { // beyond the time of a lease
            TimeUnit.MILLISECONDS.sleep(100);
            assertThat(session.renew().lost()).isEmpty();
        }

        assertThat(settle(session, lease, Outcome.Done.INSTANCE)).isEqualTo(Verdict.APPLIED);
        until("its queue is gone", () -> holdsOfThis() == 0);
        assertThat(broker.stats(QUEUE).waiting()).isZero();

        QueuedJob orphan = sent();
        Broker dying = connect();
        Session silent = dying.open(spec(LEASE));
        next(silent);
        until("it is copied too", () -> holdsWhileItBeats(silent) == 1);
        dying.close();
        Lease again = next(session);
        assertThat(again.job().id()).isEqualTo(orphan.id());
        assertThat(again.suspect()).isTrue();
    }

    /** RabbitMQ's own tool may need longer than a lease lasts. */
    private long holdsWhileItBeats(Session session) throws Exception {
        CompletableFuture<Long> holds = CompletableFuture.supplyAsync(this::holdsOfThis);
        do {
            assertThat(session.renew().lost()).isEmpty();
            TimeUnit.MILLISECONDS.sleep(50);
        } while (!holds.isDone());
        return holds.join();
    }

    private long holdsOfThis() {
        return rabbit.node()
                .control("list_queues", "name")
                .lines()
                .filter(name -> name.startsWith(underTest.namespace() + "::hold:"))
                .count();
    }

    @Test
    @DisplayName("Q13: delays without a plugin")
    void retriesGoThroughTheLadder() throws Exception {
        retry(underTest, broker, 4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"quorum", "classic"})
    @Tag("matrix")
    @DisplayName("Q13: delays without a plugin: 27 retries of a job")
    void retriesGoThroughTheLadder_asOftenAsNeedBe(String type) throws Exception {
        try (RabbitUnderTest typed = new RabbitUnderTest(rabbit.node().uri(), Map.of("queue-type", type));
                Broker itsBroker = typed.connect()) {
            retry(typed, itsBroker, 27);
        }
    }

    private static void retry(RabbitUnderTest on, Broker itsBroker, int retries) throws Exception {
        Session session = open(itsBroker);
        QueuedJob job = TestJobs.job(QUEUE);
        assertThat(itsBroker.send(List.of(job)).toCompletableFuture().get(60, TimeUnit.SECONDS))
                .containsExactly(SendResult.Accepted.INSTANCE);
        for (int retry = 1; retry <= retries; retry++) {
            Lease lease = next(session);
            DeliveryState state = lease.job().state();
            assertThat(state.attempt()).isEqualTo(retry);
            DeliveryState failed = state.afterFailure(TestJobs.failure("it threw"), Instant.now());
            assertThat(settle(session, lease, new Outcome.Retry(Duration.ofSeconds(1), QUEUE, failed)))
                    .isEqualTo(Verdict.APPLIED);
        }
        Lease last = next(session);
        assertThat(last.job().id()).isEqualTo(job.id());
        assertThat(last.job().state().attempt()).isEqualTo(retries + 1);
        assertThat(settle(session, last, Outcome.Done.INSTANCE)).isEqualTo(Verdict.APPLIED);
        onChannel(channel ->
                assertThat(channel.messageCount(on.namespace() + "::unrouted")).isZero());
    }

    @Test
    void aDelayOfThreeSeconds_isTwoStops() throws Exception {
        Session session = open(broker);
        Instant due = Instant.now().plusSeconds(3);
        QueuedJob job = TestJobs.at(TestJobs.job(QUEUE), due);
        assertThat(send(job)).isInstanceOf(SendResult.Accepted.class);

        Lease lease = next(session);

        assertThat(Instant.now()).isAfterOrEqualTo(due.minusMillis(50));
        assertThat(lease.job().id()).isEqualTo(job.id());
    }

    @Test
    @DisplayName("Q4: a message that is no job is parked, and costs nobody anything")
    void aForeignMessage_runsOrIsParked() throws Exception {
        Session session = open(broker);
        QueuedJob good = TestJobs.job(QUEUE);
        onChannel(channel -> {
            channel.basicPublish("", physical(""), new BasicProperties(), "{}".getBytes(StandardCharsets.UTF_8));
            channel.basicPublish(
                    "",
                    physical(""),
                    new BasicProperties.Builder().messageId(good.id().value()).build(),
                    good.envelope().bytes());
        });

        Lease lease = next(session);

        assertThat(lease.job()).isEqualTo(good);
        until("the other is parked", () -> broker.stats(QUEUE).parked() == 1);
        StoredJob parked = broker.list(QUEUE, Place.PARKED, 0, 10).get(0);
        assertThat(parked.job().envelope().text()).isEqualTo("{}");
        assertThat(parked.note()).contains("message-id");
    }

    @Test
    @DisplayName("Q11: a queue that is there with other arguments is refused if they matter, with the difference")
    void aQueueOfAnotherType_isRefused_andAnotherDeliveryLimitIsNot() throws Exception {
        onChannel(channel -> {
            channel.queueDeclare(underTest.namespace() + ":classic", true, false, false, Map.of());
            channel.queueDeclare(
                    physical(""),
                    true,
                    false,
                    false,
                    Map.of(
                            "x-queue-type",
                            "quorum",
                            "x-delivery-limit",
                            20,
                            "x-dead-letter-exchange",
                            "",
                            "x-dead-letter-routing-key",
                            physical(":parked")));
        });

        sent();
        assertThat(send(TestJobs.job("classic"))).isInstanceOfSatisfying(SendResult.Unknown.class, unknown -> {
            assertThat(unknown.sent()).isFalse();
            assertThat(unknown.cause())
                    .isInstanceOf(BrokerRefusedException.class)
                    .hasMessageStartingWith("GOOSE-3086")
                    .hasMessageContaining("x-queue-type")
                    .hasMessageContaining("classic")
                    .hasMessageContaining("quorum");
        });
        onChannel(channel -> channel.queueDelete(underTest.namespace() + ":classic"));
    }

    @Test
    void wrongCredentials_areRefused_withoutThePassword() {
        RabbitUnderTest wrong = new RabbitUnderTest(
                rabbit.node().uri().replace("guest:guest", "guest:s3cret"), Map.of("send-timeout", "PT6S"));
        try (Broker stranger = wrong.connect()) {
            assertThatThrownBy(stranger::check)
                    .isInstanceOf(BrokerRefusedException.class)
                    .hasMessageStartingWith("GOOSE-3083")
                    .hasMessageNotContaining("s3cret");
        }
    }
}
