package io.goose.it.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.it.server.FaultyProxy;
import io.goose.it.server.Occurrence;
import io.goose.it.server.Redis;
import io.goose.it.server.RedisSentinel;
import io.goose.it.server.RedisServer;
import io.goose.job.JobId;
import io.goose.job.QueuedJob;
import io.goose.spi.Broker;
import io.goose.spi.Outcome;
import io.goose.spi.SendResult;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** However much there is to do, one step of it is short, and those who only send do not crowd out those who must beat. */
final class BoundedWorkIT extends FaultTest {

    private static final int MANY = 100_000;
    private static final Pattern CALLS = Pattern.compile("cmdstat_evalsha:calls=(\\d+)");

    /** Jobs with an envelope and a place of their own, made on the server. */
    private static void populate(RedisServer server, String command) throws Exception {
        server.call(
                "EVAL",
                "for i = 1, tonumber(ARGV[1]) do redis.call('HSET', 'tck:{mail}:body', 'j' .. i, '{}') " + command
                        + " end",
                "0",
                String.valueOf(MANY));
        server.call("SADD", "tck:queues", QUEUE);
    }

    private static long number(RedisServer server, String... command) throws Exception {
        return (Long) server.call(command);
    }

    @Test
    void jobsThatNobodyKnowsAnyMore_areReroutedOverSeveralSweeps() throws Exception {
        RedisServer server = later(Redis.version("7.0").server().start());
        populate(server, "redis.call('LPUSH', 'tck:{mail}:h:handler:gone', 'j' .. i)");
        server.call("HSET", "tck:{mail}:needs", "handler:gone", String.valueOf(MANY));
        Session session = open(brokerAt(server.host(), server.port()));
        session.renew();
        session.sweep();
        assertThat(number(server, "LLEN", "tck:{mail}:h:handler:gone")).isPositive();

        int sweeps = 1;
        while (number(server, "LLEN", "tck:{mail}:h:handler:gone") > 0) {
            session.renew();
            session.sweep();
            assertThat(++sweeps).isLessThan(1000);
        }

        assertThat(number(server, "ZCARD", "tck:{mail}:due")).isEqualTo(MANY);
    }

    @Test
    void jobsThatWaitedForASession_comeBackAfterItHasOpened() throws Exception {
        RedisServer server = later(Redis.version("7.0").server().start());
        populate(
                server,
                "redis.call('ZADD', 'tck:{mail}:due', 9e12, 'j' .. i) redis.call('SADD', 'tck:{mail}:n:handler:new', 'j' .. i)"
                        + " redis.call('HSET', 'tck:{mail}:rec', 'j' .. i, '1|1|0|0|b|0|1700000000000|0|0|0|')");
        server.call("HSET", "tck:{mail}:unk", "handler:new", "1");
        Session session = brokerAt(server.host(), server.port())
                .open(new SessionSpec(
                        List.of(QUEUE),
                        5,
                        5,
                        Set.of("handler:new"),
                        Duration.ofSeconds(30),
                        Duration.ofMillis(200),
                        "fault-test"));
        assertThat(number(server, "ZCARD", "tck:{mail}:due")).isPositive();

        int beats = 0;
        while (number(server, "LLEN", "tck:{mail}:front") < MANY) {
            session.renew();
            session.sweep();
            assertThat(++beats).isLessThan(1000);
        }

        assertThat(number(server, "EXISTS", "tck:{mail}:unk")).isZero();
    }

    @Test
    void marksThatAreOld_goInChunks() throws Exception {
        RedisServer server = later(Redis.version("7.0").server().start());
        Broker broker = brokerAt(server.host(), server.port());
        server.call("EVAL", "for i = 1, 1200 do redis.call('ZADD', 'tck:{mail}:in', i, 'old:' .. i) end", "0");
        for (long left : new long[] {701, 202, 3, 4}) {
            QueuedJob job = TestJobs.job(QUEUE);
            QueuedJob marked = new QueuedJob(job.queue(), job.id(), job.envelope(), job.state(), true);
            assertThat(send(broker, List.of(marked))).containsExactly(SendResult.Accepted.INSTANCE);
            assertThat(number(server, "ZCARD", "tck:{mail}:in")).isEqualTo(left);
        }
    }

    @Test
    void sendersThatWait_leaveConnectionsToTheOthers() {
        RedisServer server = later(Redis.version("7.0").server().start());
        FaultyProxy proxy = later(FaultyProxy.inFrontOf(server));
        Broker broker = broker(Map.of(
                "url", "redis://" + proxy.host() + ":" + proxy.port(),
                "pool.max", "4",
                "timeout", "PT60S", // so that none gives up a connection, and opens another, while they are counted
                "send-timeout", "PT60S"));
        assertThat(sendOne(broker)).isInstanceOf(SendResult.Accepted.class); // now it knows the server
        proxy.blackholeReplies();
        List<CompletableFuture<SendResult>> senders = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            CompletableFuture<SendResult> sender = new CompletableFuture<>();
            Thread thread = new Thread(() -> sender.complete(sendOne(broker)));
            thread.setDaemon(true);
            thread.start();
            senders.add(sender);
            threads.add(thread);
        }
        eventually(
                "seven wait while three have a connection",
                () -> proxy.connections() == 3
                        && threads.stream()
                                        .filter(thread -> thread.getState() == Thread.State.TIMED_WAITING)
                                        .count()
                                == 7);
        proxy.normal();
        proxy.cutAll();
        eventually("each has an answer", () -> senders.stream().allMatch(CompletableFuture::isDone));
    }

    @Test
    void whoOnlySends_asksTheSentinelsToo() {
        RedisSentinel sentinel = later(Redis.version("7.0").sentinel().start());
        sentinel.awaitHealthy();
        FaultyProxy proxy = later(FaultyProxy.inFrontOf(sentinel.sentinels().get(0)));
        AtomicInteger asked = new AtomicInteger();
        proxy.cutReply(Occurrence.next(
                request -> { // never happens: it only counts
                    if (request.command().equals("SENTINEL")) {
                        asked.incrementAndGet();
                    }
                    return false;
                }));
        Broker broker = broker(
                Map.of("sentinel.master", RedisSentinel.PRIMARY_NAME, "nodes", proxy.host() + ":" + proxy.port()));
        long start = System.nanoTime();
        while (asked.get() < 2) {
            assertThat(System.nanoTime() - start).as("nanoseconds").isLessThan(120_000_000_000L);
            assertThat(sendOne(broker)).isInstanceOf(SendResult.Accepted.class);
            pause(100);
        }
    }

    @Test
    void whatIsNotedForJobsThatAreGone_isForgotten_thoughNobodyEverKnowsThem() throws Exception {
        RedisServer server = later(Redis.version("7.0").server().start());
        server.call(
                "EVAL",
                "for n = 1, 50 do redis.call('HSET', 'tck:{mail}:unk', 'handler:' .. n, '1') for i = 1, 150 do"
                        + " redis.call('SADD', 'tck:{mail}:n:handler:' .. n, n .. 'j' .. i) end end",
                "0");
        Broker broker = brokerAt(server.host(), server.port());
        Session session = open(broker);
        List<JobId> sent = sendSome(broker, 1);
        assertThat(session.settle(List.of(Settlement.of(
                        lease(session, 1).get(0), new Outcome.Release(Duration.ofHours(1), "handler:7")))))
                .containsExactly(Verdict.APPLIED);

        int sweeps = 0;
        while (number(server, "HLEN", "tck:{mail}:unk") > 1) {
            session.renew();
            session.sweep();
            assertThat(++sweeps).isLessThan(100);
        }

        assertThat(server.call("SMEMBERS", "tck:{mail}:n:handler:7").toString())
                .contains(sent.get(0).value());
        assertThat(number(server, "EXISTS", "tck:{mail}:n:handler:1", "tck:{mail}:n:handler:50"))
                .isZero();
    }

    @Test
    void ofManyQueues_aSweepLooksAtSome_andTheNextOneAtTheNext() throws Exception {
        RedisServer server = later(Redis.version("7.0").server().start());
        server.call("EVAL", "for i = 1, 3500 do redis.call('SADD', 'tck:queues', 'q' .. i) end", "0");
        Broker broker = brokerAt(server.host(), server.port());
        Session dying = broker.open(new SessionSpec(
                List.of("zzz"), 5, 5, Set.of(), Duration.ofMillis(300), Duration.ofMillis(100), "fault-test"));
        send(broker, List.of(TestJobs.job("zzz")));
        assertThat(dying.lease("zzz", 1, 1 << 20).leases()).hasSize(1);
        Session session = open(broker);

        int sweeps = 0;
        int suspects = 0;
        while (suspects == 0) {
            session.renew();
            long before = scripts(server);
            suspects += session.sweep().suspects().size();
            assertThat(scripts(server) - before).isBetween(1_000L, 1_010L);
            assertThat(++sweeps).isLessThan(100);
        }
        assertThat(sweeps).as("the last of all queues was looked at twice").isGreaterThan(4);
    }

    private static long scripts(RedisServer server) throws Exception {
        Matcher calls = CALLS.matcher(String.valueOf(server.call("INFO", "commandstats")));
        assertThat(calls.find()).isTrue();
        return Long.parseLong(calls.group(1));
    }
}
