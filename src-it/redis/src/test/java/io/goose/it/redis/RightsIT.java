package io.goose.it.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.goose.BrokerRefusedException;
import io.goose.admin.Place;
import io.goose.it.server.Redis;
import io.goose.it.server.RedisCluster;
import io.goose.it.server.RedisSentinel;
import io.goose.it.server.RedisServer;
import io.goose.job.JobId;
import io.goose.job.QueuedJob;
import io.goose.spi.Broker;
import io.goose.spi.CronLedger;
import io.goose.spi.GuardedLedger;
import io.goose.spi.GuardedLedger.Change;
import io.goose.spi.GuardedLedger.Delivery;
import io.goose.spi.GuardedLedger.Entered;
import io.goose.spi.GuardedLedger.Kept;
import io.goose.spi.GuardedLedger.Taken;
import io.goose.spi.Lease;
import io.goose.spi.Outcome;
import io.goose.spi.SendResult;
import io.goose.spi.Session;
import io.goose.spi.Settlement;
import io.goose.spi.Verdict;
import io.goose.tck.TestJobs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A user with the rights that the manual gives can do everything, in every set-up; one with fewer is told so. */
final class RightsIT extends FaultTest {

    private static final Map<String, String> CREDENTIALS = Map.of("username", "goose", "password", "worker");
    private static final Pattern LINE = Pattern.compile("ACL SETUSER goose on >secret (.*)");

    /** The rules of the manual's line, for the namespace of these tests. */
    private static String[] rules() throws IOException {
        Matcher line = LINE.matcher(Files.readString(Path.of("..", "..", "docs", "redis.md")));
        assertThat(line.find()).isTrue();
        return line.group(1).replace("goose:", "tck:").split(" ", -1);
    }

    private static RedisServer.Builder with(RedisServer.Builder server, String... rules) {
        return server.user("goose", "worker", rules);
    }

    private Broker broker(Map<String, String> properties, Map<String, String> credentials) {
        Map<String, String> all = new HashMap<>(properties);
        all.putAll(credentials);
        return broker(all);
    }

    private static void assertThatAllWorks(Broker broker, Session session) {
        broker.check();
        List<JobId> sent = sendSome(broker, 3);
        assertThat(broker.delete(QUEUE, sent.get(1))).isTrue();
        broker.pause(QUEUE);
        broker.resume(QUEUE);
        assertThat(session.renew().lost()).isEmpty();
        session.sweep();
        assertThatEntriesWork(broker.crons());
        assertThatEntriesWork(broker.ledgerFor("mq").orElseThrow().crons());
        assertThat(drain(session)).containsExactly(sent.get(0), sent.get(2));
        assertThat(broker.stats(QUEUE).running()).isZero();
        assertThatALedgerWorks(broker.ledgerFor("mq").orElseThrow());
    }

    private static void assertThatEntriesWork(CronLedger crons) {
        CronLedger.Kept entry =
                new CronLedger.Kept("e", QUEUE, "d", "s", crons.now(), CronLedger.Kept.nextVersion(null));
        CronLedger.Kept moved =
                new CronLedger.Kept("e", "other", "d", "s", entry.due(), CronLedger.Kept.nextVersion(entry));
        assertThat(crons.apply(List.of(new CronLedger.Change(null, entry, List.of()))))
                .containsExactly(true);
        assertThat(crons.apply(List.of(new CronLedger.Change(entry, moved, List.of()))))
                .containsExactly(true);
        assertThat(crons.due(10).entries()).containsExactly(moved);
        assertThat(crons.list(0, 10)).containsExactly(moved);
        assertThat(crons.delete("e")).isTrue();
    }

    private static void assertThatALedgerWorks(GuardedLedger ledger) {
        Duration hold = Duration.ofMinutes(1);
        QueuedJob first = TestJobs.at(TestJobs.job(QUEUE), Instant.ofEpochMilli(1));
        QueuedJob second = TestJobs.at(TestJobs.job(QUEUE), Instant.ofEpochMilli(2));
        assertThat(ledger.keep(List.of(first, second))).containsOnly(SendResult.Accepted.INSTANCE);
        List<Taken> taken = ledger.takeDue(QUEUE, 10, hold).taken();
        assertThat(taken).hasSize(2);
        ledger.sent(taken.subList(0, 1));
        ledger.putOff(taken.subList(1, 2), Duration.ofHours(1));
        QueuedJob ran = taken.get(0).job();
        assertThat(ledger.begin(List.of(new Delivery(ran, false)))).containsExactly(true);
        QueuedJob elsewhere =
                new QueuedJob("other", ran.id(), ran.envelope(), ran.state().afterSnooze(), true);
        ledger.settle(List.of(new Change(ran, new Kept(elsewhere, Place.PARKED, Duration.ZERO, "so", "handler:x"))));
        assertThat(ledger.list(QUEUE, Place.SCHEDULED, 0, 10)).hasSize(1);
        assertThat(ledger.replay("other", ran.id())).isTrue();
        assertThat(ledger.delete("other", ran.id())).isTrue();
        assertThat(ledger.maySend(List.of(TestJobs.job(QUEUE)))).containsExactly(true);
        QueuedJob entered = TestJobs.job(QUEUE);
        assertThat(ledger.enter(List.of(entered), hold)).doesNotContain(Entered.THERE);
        assertThat(ledger.takeStrays(10, hold)).isEmpty();
        ledger.pause(QUEUE);
        ledger.resume(QUEUE);
        ledger.upkeep();
        assertThat(ledger.queues()).containsExactly(QUEUE, "other");
    }

    private static void assertThatItListens(RedisServer server) throws Exception {
        long start = System.nanoTime();
        while (String.valueOf(server.call("PUBSUB", "CHANNELS")).equals("[]")) {
            assertThat(System.nanoTime() - start).isLessThan(60_000_000_000L);
            pause(20);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"6.2", "7.0"})
    void standalone(String version) throws Exception {
        RedisServer server = later(Redis.version(version).server().start());
        // As an operator does it, on a server that has the default for channels.
        String[] setUser = {"ACL", "SETUSER", "goose", "on", ">worker"};
        String[] command = Arrays.copyOf(setUser, setUser.length + rules().length);
        System.arraycopy(rules(), 0, command, setUser.length, rules().length);
        server.call(command);

        Broker broker = broker(Map.of("url", server.url().toString()), CREDENTIALS);
        assertThatAllWorks(broker, open(broker));
        assertThatItListens(server);
    }

    @Test
    void sentinel() throws Exception {
        String[] rules = rules();
        RedisSentinel sentinel = later(Redis.version("7.0")
                .sentinel()
                .servers(server -> with(server, rules))
                .start());
        sentinel.awaitHealthy();
        Map<String, String> nodes = Map.of(
                "sentinel.master", RedisSentinel.PRIMARY_NAME, "nodes", String.join(",", sentinel.sentinelAddresses()));

        Broker broker = broker(nodes, CREDENTIALS);
        assertThatAllWorks(broker, open(broker));

        Map<String, String> wrong = Map.of("sentinel.username", "nobody", "sentinel.password", "wrong");
        assertThatThrownBy(broker(nodes, wrong)::check)
                .isInstanceOf(BrokerRefusedException.class)
                .hasMessageStartingWith("GOOSE-3012");
    }

    @ParameterizedTest
    @ValueSource(strings = {"6.2", "7.0"})
    void cluster(String version) throws Exception {
        String[] rules = rules();
        RedisCluster cluster = later(Redis.version(version)
                .cluster()
                .servers(server -> with(server, rules))
                .start());
        Map<String, String> nodes = Map.of("mode", "cluster", "nodes", String.join(",", cluster.addresses()));

        Broker broker = broker(nodes, CREDENTIALS);
        assertThatAllWorks(broker, open(broker));

        Map<String, String> wrong = Map.of("username", "goose", "password", "wrong");
        assertThatThrownBy(broker(nodes, wrong)::check)
                .isInstanceOf(BrokerRefusedException.class)
                .hasMessageStartingWith("GOOSE-3012");
    }

    @ParameterizedTest
    @ValueSource(strings = {"6.2", "7.0"})
    void aUserWithoutTheChannels_sendsAndRuns_andIsToldOnce(String version) throws Exception {
        String[] rules =
                Arrays.stream(rules()).filter(rule -> !rule.startsWith("&")).toArray(String[]::new);
        RedisServer server = later(with(Redis.version(version).server(), rules).start());
        Broker broker = broker(Map.of("url", server.url().toString()), CREDENTIALS);
        try (LogCapture log = LogCapture.of("io.goose.broker.redis")) {
            Session session = open(broker);
            for (int i = 0; i < 3; i++) {
                assertThat(lease(session, 1)).isEmpty(); // it waits, so a notice is tried
                assertThat(sendOne(broker)).isInstanceOf(SendResult.Accepted.class);
                session.await(Duration.ofMillis(300));
                assertThat(drain(session)).hasSize(1);
            }
            pause(1000); // attempts to listen follow each other with pauses of 100, 200, 400 ms

            assertThat(log.messages())
                    .filteredOn(line -> line.startsWith("GOOSE-3016"))
                    .hasSize(1);
        }
    }

    @Test
    void aScriptThatIsStoppedMidway_mayHaveBeenCarriedOut() throws Exception {
        RedisServer server = later(with(Redis.version("7.0").server(), "~tck*", "&tck*", "+@all", "-lpush")
                .start());
        Broker broker = broker(Map.of("url", server.url().toString()), CREDENTIALS);

        assertThat(send(broker, TestJobs.jobs(QUEUE, 2)))
                .allSatisfy(result -> assertThat(result).isInstanceOfSatisfying(SendResult.Unknown.class, unknown -> {
                    assertThat(unknown.sent()).isTrue();
                    assertThat(unknown.cause()).isInstanceOf(BrokerRefusedException.class);
                }));
    }

    @Test
    void aLoneJobThatIsRefusedMidway_isTakenBack() throws Exception {
        RedisServer server = serverWithUser();
        Broker broker = brokerWithout(server, "lpush");

        assertThat(sendOne(broker)).isInstanceOfSatisfying(SendResult.Unknown.class, unknown -> {
            assertThat(unknown.sent()).isFalse();
            assertThat(unknown.cause()).isInstanceOf(BrokerRefusedException.class);
        });
        assertThat(server.call("HLEN", "tck:{" + QUEUE + "}:body")).isEqualTo(0L);
    }

    /** A user who lacks a right, which is then granted. */
    private Broker brokerWithout(RedisServer server, String right) throws Exception {
        server.call("ACL", "SETUSER", "goose", "-" + right);
        return broker(Map.of("url", server.url().toString()), CREDENTIALS);
    }

    private RedisServer serverWithUser() {
        return later(
                with(Redis.version("7.0").server(), "~tck*", "&tck*", "+@all").start());
    }

    @ParameterizedTest
    @CsvSource({"lpush, 1", "hsetnx, 1", "set, 1", "zpopmax, 1", "lpush, 2", "hset, 2", "set, 2", "zpopmax, 2"})
    void aSendThatIsRefusedMidway_losesNothing(String right, int count) throws Exception {
        RedisServer server = serverWithUser();
        Broker broker = brokerWithout(server, right);
        List<QueuedJob> jobs = TestJobs.jobs(QUEUE, count);
        assertThat(send(broker, jobs)).hasOnlyElementsOfType(SendResult.Unknown.class);
        server.call("ACL", "SETUSER", "goose", "+" + right);

        assertThat(send(broker, jobs)).doesNotHaveAnyElementsOfTypes(SendResult.Unknown.class);

        assertThat(drain(open(broker))).containsAll(TestJobs.ids(jobs));
    }

    @ParameterizedTest
    @ValueSource(strings = {"incrby", "hset", "ltrim"})
    void aClaimThatIsRefusedMidway_losesNothing(String right) throws Exception {
        RedisServer server = serverWithUser();
        Broker producer = broker(Map.of("url", server.url().toString()));
        List<JobId> sent = sendSome(producer, 3);
        Session session = open(broker(Map.of("url", server.url().toString()), CREDENTIALS));
        server.call("ACL", "SETUSER", "goose", "-" + right);
        assertThatThrownBy(() -> lease(session, 10)).isInstanceOf(BrokerRefusedException.class);
        server.call("ACL", "SETUSER", "goose", "+" + right);

        assertThat(drain(session)).isEqualTo(sent);
        assertThat(producer.stats(QUEUE).running()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"lpush", "hset", "hdel"})
    void anOutcomeThatIsRefusedMidway_losesNothing(String right) throws Exception {
        RedisServer server = serverWithUser();
        Broker broker = broker(Map.of("url", server.url().toString()), CREDENTIALS);
        Session session = open(broker);
        List<JobId> sent = sendSome(broker, 1);
        Lease lease = lease(session, 1).get(0);
        List<Settlement> outcome = List.of(Settlement.of(
                lease,
                new Outcome.Retry(Duration.ZERO, QUEUE, lease.job().state().withCrashes(0))));
        server.call("ACL", "SETUSER", "goose", "-" + right);
        assertThatThrownBy(() -> session.settle(outcome)).isInstanceOf(BrokerRefusedException.class);
        server.call("ACL", "SETUSER", "goose", "+" + right);

        assertThat(session.settle(outcome)).containsExactly(Verdict.APPLIED);
        assertThat(drain(session)).isEqualTo(sent);
    }

    @ParameterizedTest
    @ValueSource(strings = {"lpush", "hset"})
    void aRescueThatIsRefusedMidway_losesNothing(String right) throws Exception {
        RedisServer server = serverWithUser();
        Broker broker = broker(Map.of("url", server.url().toString()), CREDENTIALS);
        List<JobId> sent = sendSome(broker, 1);
        assertThat(lease(open(broker, Duration.ofMillis(300)), 1)).hasSize(1);
        Session session = open(broker);
        server.call("ACL", "SETUSER", "goose", "-" + right);
        eventually("a rescue is refused", () -> {
            try {
                session.renew();
                session.sweep();
                return false;
            } catch (BrokerRefusedException refused) {
                return true;
            }
        });
        server.call("ACL", "SETUSER", "goose", "+" + right);

        eventually("it is rescued", () -> {
            session.renew();
            return !session.sweep().suspects().isEmpty();
        });
        assertThat(drain(session)).isEqualTo(sent);
    }
}
