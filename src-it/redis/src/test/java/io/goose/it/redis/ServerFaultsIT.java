package io.goose.it.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.goose.BrokerRefusedException;
import io.goose.BrokerUnavailableException;
import io.goose.admin.Place;
import io.goose.admin.StoredJob;
import io.goose.broker.redis.RedisBrokerFactory;
import io.goose.it.server.Fsync;
import io.goose.it.server.Redis;
import io.goose.it.server.RedisServer;
import io.goose.job.JobId;
import io.goose.spi.Broker;
import io.goose.spi.BrokerSettings;
import io.goose.spi.Lease;
import io.goose.spi.SendResult;
import io.goose.spi.Session;
import io.goose.spi.Verdict;
import io.goose.tck.TestJobs;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

/** What a server can answer instead of doing its work, and what it can lose. */
final class ServerFaultsIT extends FaultTest {

    /** Shorter than a call waits for the server that stands, and a second. */
    private static final Duration LEASE = Duration.ofSeconds(3);

    private final RedisServer.Builder plain = Redis.version("7.0").server();

    private Broker broker(RedisServer server) {
        return brokerAt(server.host(), server.port());
    }

    @Test
    void scriptsAreForgottenAllTheTime_nothingIsNoticed() throws Exception {
        RedisServer server = later(plain.start());
        Broker broker = broker(server);
        Session session = open(broker);
        for (int i = 0; i < 20; i++) {
            server.call("SCRIPT", "FLUSH");
            List<JobId> sent = sendSome(broker, 3);
            server.call("SCRIPT", "FLUSH");
            List<Lease> leases = lease(session, 10);
            server.call("SCRIPT", "FLUSH");
            assertThat(session.settle(done(leases)))
                    .containsOnly(Verdict.APPLIED)
                    .hasSize(3);
            assertThat(leases).extracting(lease -> lease.job().id()).isEqualTo(sent);
        }
    }

    /** As the connections of a pool are, of which each is a broker. */
    @Test
    void whatIsFoundOfAServer_isSaidOnce_howeverManyBrokersAFactoryMakes() throws IOException {
        RedisServer server = later(plain.start());
        RedisBrokerFactory pool = new RedisBrokerFactory();
        BrokerSettings settings = new BrokerSettings(
                "pool",
                "tck",
                Map.of("url", server.url().toString()),
                Duration.ofHours(1),
                RedisUnderTest.STANDARD_DEAD);
        try (LogCapture log = LogCapture.of("io.goose.broker.redis")) {
            for (int i = 0; i < 3; i++) {
                later(pool.create(settings, (name, body) -> new Thread(body, name)))
                        .check();
            }
            server.call("CONFIG", "SET", "appendfsync", "no");
            later(pool.create(settings, (name, body) -> new Thread(body, name))).check();

            assertThat(log.messages())
                    .filteredOn(line -> line.startsWith("GOOSE-3030"))
                    .satisfiesExactly(
                            first -> assertThat(first).contains("appendfsync=everysec"),
                            changed -> assertThat(changed).contains("appendfsync=no"));
        }
    }

    @Test
    void outOfMemory_sendsAreRefusedWhole_workersGoOn() throws Exception {
        RedisServer server = later(plain.start());
        Broker broker = broker(server);
        Session session = open(broker);
        List<JobId> sent = sendSome(broker, 200);
        server.call("CONFIG", "SET", "maxmemory", "1");

        SendResult refused = sendOne(broker);
        List<JobId> ran = drain(session);
        session.renew();

        assertThat(refused).isInstanceOfSatisfying(SendResult.Unknown.class, unknown -> {
            assertThat(unknown.sent()).isFalse();
            assertThat(unknown.cause()).hasMessageStartingWith("GOOSE-3013").hasMessageContaining("maxmemory");
        });
        assertThat(ran).isEqualTo(sent);
        server.call("CONFIG", "SET", "maxmemory", "0");
        assertThat(sendOne(broker)).isInstanceOf(SendResult.Accepted.class);
    }

    @Test
    void aServerThatEvicts_isRefusedForEveryUse() {
        RedisServer server = later(plain.maxMemory("100mb", "allkeys-lru").start());
        Broker broker = broker(server);

        assertThatThrownBy(broker::check)
                .isInstanceOf(BrokerRefusedException.class)
                .hasMessageStartingWith("GOOSE-3032")
                .hasMessageContaining("allkeys-lru")
                .hasMessageContaining("noeviction");
        assertThatThrownBy(() -> open(broker)).isInstanceOf(BrokerRefusedException.class);
        assertThat(sendOne(broker))
                .isInstanceOfSatisfying(SendResult.Unknown.class, unknown -> assertThat(unknown.cause())
                        .isInstanceOf(BrokerRefusedException.class));
    }

    @Test
    void aWrongPassword_isRefused() {
        RedisServer server = later(plain.password("right").start());
        String url = "redis://" + server.host() + ":" + server.port();

        assertThatThrownBy(broker(Map.of("url", url, "password", "wrong"))::check)
                .isInstanceOf(BrokerRefusedException.class)
                .hasMessageStartingWith("GOOSE-3012")
                .hasMessageNotContaining("wrong;");
        assertThatThrownBy(broker(Map.of("url", url))::check).isInstanceOf(BrokerRefusedException.class);
        broker(Map.of("url", url, "password", "right")).check();
        broker(Map.of("url", "redis://:right@" + server.host() + ":" + server.port()))
                .check();
    }

    @Test
    void aUserWhoMayNotReadTheConfiguration_worksWithAWarning() {
        RedisServer server = later(plain.user("goose", "worker", "~tck*", "&tck*", "+@all", "-@dangerous", "-config")
                .start());
        Broker broker = broker(Map.of(
                "url", "redis://" + server.host() + ":" + server.port(), "username", "goose", "password", "worker"));
        try (LogCapture log = LogCapture.of("io.goose.broker.redis")) {
            broker.check();

            assertThat(log.messages()).anyMatch(line -> line.startsWith("GOOSE-3033") && line.contains("config|get"));
        }
        List<JobId> sent = sendSome(broker, 3);
        assertThat(drain(open(broker))).isEqualTo(sent);
    }

    @Test
    void aServerThatBecameAReplica_isRefusedUntilItIsThePrimaryAgain() throws Exception {
        RedisServer server = later(plain.start());
        Broker broker = broker(server);
        Session session = open(broker);
        List<JobId> sent = sendSome(broker, 2);
        server.call("REPLICAOF", "127.0.0.1", "1");

        assertThatThrownBy(() -> lease(session, 1))
                .isInstanceOf(BrokerUnavailableException.class)
                .hasMessageContaining("READONLY");
        assertThat(sendOne(broker))
                .isInstanceOfSatisfying(SendResult.Unknown.class, unknown -> assertThat(unknown.sent())
                        .isFalse());

        server.call("REPLICAOF", "NO", "ONE");
        assertThat(drain(session)).isEqualTo(sent);
    }

    @Test
    void aServerThatLoads_isWaitedFor_andNothingIsLost() throws Exception {
        RedisServer server = later(plain.config("enable-debug-command", "yes")
                .config("key-load-delay", 500)
                .config("loading-process-events-interval-bytes", 1024)
                .start());
        server.call("DEBUG", "POPULATE", "4000", "ballast");
        Broker broker = broker(server);
        Session session = open(broker);
        List<JobId> sent = sendSome(broker, 300);
        List<Lease> held = lease(session, 5);
        server.call("SAVE");
        server.kill();
        CompletableFuture<Void> starting = CompletableFuture.runAsync(server::start);
        List<String> refusals = new ArrayList<>();
        while (!starting.isDone()) {
            try {
                broker.check();
            } catch (BrokerUnavailableException away) {
                refusals.add(String.valueOf(away.getMessage()));
            }
        }
        starting.join();

        assertThat(refusals).as("seen while it loaded").anyMatch(line -> line.contains("LOADING"));
        assertThat(persistently(() -> session.settle(done(held)))).containsOnly(Verdict.APPLIED);
        List<JobId> ran =
                new ArrayList<>(held.stream().map(lease -> lease.job().id()).toList());
        ran.addAll(drain(session));
        assertThat(ran).isEqualTo(sent);
    }

    @Test
    void aServerThatLostEverything_isUsedAgain_byTheSameSessions() throws Exception {
        RedisServer server = later(plain.start());
        Broker broker = broker(server);
        Session session = open(broker);
        sendSome(broker, 2);
        List<Lease> held = lease(session, 2);
        server.call("FLUSHALL");

        assertThat(session.renew().lost()).containsExactlyInAnyOrderElementsOf(held);
        List<JobId> sent = sendSome(broker, 2);

        assertThat(drain(session)).isEqualTo(sent);
        assertThat(broker.queues()).containsExactly(QUEUE);
    }

    @Test
    void anEnvelopeThatIsGone_isReportedAndParked() throws Exception {
        RedisServer server = later(plain.start());
        Broker broker = broker(server);
        Session session = open(broker);
        List<JobId> sent = sendSome(broker, 3);
        server.call("HDEL", "tck:{" + QUEUE + "}:body", sent.get(1).value());
        List<JobId> ran;
        try (LogCapture log = LogCapture.of("io.goose.broker.redis")) {
            ran = drain(session);

            assertThat(log.messages())
                    .anyMatch(line -> line.startsWith("GOOSE-3017")
                            && line.contains(sent.get(1).value()));
        }
        assertThat(ran).containsExactly(sent.get(0), sent.get(2));
        StoredJob parked = broker.list(QUEUE, Place.PARKED, 0, 10).get(0);
        assertThat(parked.job().id()).isEqualTo(sent.get(1));
        assertThat(parked.note()).contains("envelope");
        assertThat(broker.delete(QUEUE, sent.get(1))).isTrue();
    }

    @Test
    void aRecordThatCannotBeRead_isReported_andTheJobCountsAsFresh() throws Exception {
        RedisServer server = later(plain.start());
        Broker broker = broker(server);
        Session session = open(broker);
        List<JobId> sent = sendSome(broker, 2);
        server.call("HSET", "tck:{" + QUEUE + "}:rec", sent.get(0).value(), "not a record");
        try (LogCapture log = LogCapture.of("io.goose.broker.redis")) {
            List<Lease> leases = lease(session, 2);

            assertThat(leases).extracting(lease -> lease.job().id()).isEqualTo(sent);
            assertThat(leases.get(0).job().state().attempt()).isEqualTo(1);
            assertThat(log.messages())
                    .filteredOn(line -> line.startsWith("GOOSE-3015"))
                    .singleElement()
                    .asString()
                    .contains(sent.get(0).value(), QUEUE);
            assertThat(session.settle(done(leases))).containsOnly(Verdict.APPLIED);
        }
        assertThat(broker.find(QUEUE, sent.get(0))).isEmpty();
    }

    @Test
    void aUserWhoMayNotListen_looksForJobsEachSecond_withAWarning() throws Exception {
        RedisServer server = later(
                plain.user("goose", "worker", "resetchannels", "~tck*", "+@all").start());
        Broker broker = broker(Map.of(
                "url", "redis://" + server.host() + ":" + server.port(), "username", "goose", "password", "worker"));
        try (LogCapture log = LogCapture.of("io.goose.broker.redis")) {
            Session session = open(broker);
            eventually("it is said", () -> log.messages().stream()
                    .anyMatch(line -> line.startsWith("GOOSE-3016") && line.contains("allow the channels tck")));
            assertThatAJobIsFoundWithoutNotice(broker(server), session);
        }
    }

    @Test
    void aBrokerWithoutAThread_looksForJobsEachSecond_withAWarning() throws Exception {
        RedisServer server = later(plain.start());
        RedisUnderTest settings = new RedisUnderTest(Map.of("url", server.url().toString()));
        Broker broker =
                later(new RedisBrokerFactory().create(settings.settings(RedisUnderTest.STANDARD_DEAD), (name, body) -> {
                    throw new RejectedExecutionException("the server is stopping");
                }));
        try (LogCapture log = LogCapture.of("io.goose.broker.redis")) {
            Session session = open(broker);

            assertThat(log.messages())
                    .anyMatch(line -> line.startsWith("GOOSE-3016") && line.contains("the server is stopping"));
            assertThatAJobIsFoundWithoutNotice(settings.connect(), session);
        }
    }

    private void assertThatAJobIsFoundWithoutNotice(Broker producer, Session session) throws Exception {
        later(producer);
        assertThat(lease(session, 1)).isEmpty();
        List<JobId> sent = sendSome(producer, 1);
        long begun = System.nanoTime();
        while (lease(session, 1).isEmpty()) {
            session.await(Duration.ofMinutes(5));
            assertThat(Duration.ofNanos(System.nanoTime() - begun))
                    .as("waits of 5 min end early")
                    .isLessThan(Duration.ofMinutes(1));
        }
        assertThat(producer.stats(QUEUE).running()).isEqualTo(1);
        assertThat(producer.find(QUEUE, sent.get(0)).orElseThrow().place()).isEqualTo(Place.RUNNING);
    }

    @Test
    void aServerThatWasKilled_keepsLeases_whenItComesBackSoon() {
        RedisServer server = later(plain.appendOnly(Fsync.ALWAYS).start());
        Broker broker = broker(server);
        Session session = open(broker);
        sendSome(broker, 4);
        List<Lease> held = lease(session, 2);
        server.kill();
        assertThatThrownBy(session::renew).isInstanceOf(BrokerUnavailableException.class);
        assertThat(send(broker, List.of(TestJobs.job(QUEUE))).get(0))
                .isInstanceOfSatisfying(SendResult.Unknown.class, unknown -> assertThat(unknown.sent())
                        .isFalse());
        server.start();

        assertThat(persistently(session::renew).lost()).isEmpty();
        assertThat(session.settle(done(held))).containsOnly(Verdict.APPLIED);
        assertThat(drain(session)).hasSize(2);
    }

    @Test
    void aServerThatStood_letsNobodyRescueTheLiving() {
        RedisServer server = later(plain.start());
        Broker first = broker(server);
        Broker second = broker(server);
        Session worker = open(first, LEASE);
        Session other = open(second, LEASE);
        sendSome(first, 3);
        List<Lease> held = lease(worker, 3);
        server.pause();
        assertThatThrownBy(other::renew).isInstanceOf(BrokerUnavailableException.class);
        pause(1000); // past the lease, by the server's clock
        server.resume();

        for (int i = 0; i < 8; i++) {
            persistently(other::renew);
            assertThat(persistently(other::sweep).isNothing()).isTrue();
            assertThat(persistently(worker::renew).lost()).isEmpty();
            pause(100);
        }
        assertThat(worker.settle(done(held))).containsOnly(Verdict.APPLIED);
    }

    @Test
    void afterAServerStood_whoComesBackLate_isNotRescued() {
        RedisServer server = later(plain.start());
        Session worker = open(broker(server), LEASE);
        Session other = open(broker(server), Duration.ofSeconds(30));
        sendSome(broker(server), 3);
        List<Lease> held = lease(worker, 3);
        server.pause();
        assertThatThrownBy(other::renew).isInstanceOf(BrokerUnavailableException.class);
        pause(1000); // past the lease, by the server's clock
        server.resume();

        for (int i = 0; i < 2; i++) { // as many beats as tell a dead one from one alive at other times
            persistently(other::renew);
            assertThat(other.sweep().isNothing()).isTrue();
            pause(i == 0 ? 250 : 0);
        }
        assertThat(worker.renew().lost()).isEmpty();
        assertThat(worker.settle(done(held))).containsOnly(Verdict.APPLIED);
    }

    @Test
    void afterAServerStood_theDeadAreRescued_aHeartbeatLater() {
        RedisServer server = later(plain.start());
        sendSome(broker(server), 3);
        List<Lease> held = lease(open(broker(server), Duration.ofMillis(800)), 3);
        Session other = open(broker(server));
        server.pause();
        assertThatThrownBy(other::renew).isInstanceOf(BrokerUnavailableException.class);
        server.resume();

        List<JobId> rescued = new ArrayList<>();
        eventually("they are rescued", () -> {
            persistently(other::renew);
            rescued.addAll(other.sweep().suspects());
            return rescued.size() == held.size();
        });
    }
}
