package io.goose.it.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.goose.BrokerUnavailableException;
import io.goose.broker.redis.RedisBrokerFactory;
import io.goose.it.server.FaultyProxy;
import io.goose.it.server.Redis;
import io.goose.it.server.RedisServer;
import io.goose.job.JobId;
import io.goose.spi.Broker;
import io.goose.spi.Lease;
import io.goose.spi.SendResult;
import io.goose.spi.Session;
import io.goose.spi.Verdict;
import io.goose.tck.TestJobs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What can happen to connections, and what they cost. */
final class ConnectionFaultsIT extends FaultTest {

    private RedisServer server;
    private FaultyProxy proxy;

    @BeforeEach
    void start() {
        server = later(Redis.version("7.0").server().start());
        proxy = later(FaultyProxy.inFrontOf(server));
    }

    private Broker proxied() {
        return brokerAt(proxy.host(), proxy.port());
    }

    @Test
    void connectionsThatWereDroppedWhileIdle_areReplacedUnnoticed() {
        Broker broker = proxied();
        Session session = open(broker);
        for (int i = 0; i < 5; i++) {
            List<JobId> sent = sendSome(broker, 2);
            proxy.cutAll();
            List<Lease> leases = lease(session, 5);
            proxy.cutAll();
            assertThat(session.settle(done(leases))).hasSize(2).containsOnly(Verdict.APPLIED);
            proxy.cutAll();
            assertThat(leases).extracting(lease -> lease.job().id()).isEqualTo(sent);
            assertThat(session.renew().lost()).isEmpty();
            proxy.cutAll();
        }
    }

    @Test
    void connectionsThatAreDeadAndDoNotSaySo_costATimeout_notAJob() {
        Broker broker = proxied();
        Session session = open(broker);
        List<JobId> sent = new ArrayList<>(sendSome(broker, 3));
        sent.addAll(
                sendSome(broker, 1)); // has the script for lone jobs loaded, so that the next is not refused at first
        List<Lease> held = lease(session, 2);
        proxy.blackholeReplies(); // the server executes, nobody hears of it

        SendResult unknown = sendOne(broker);
        assertThatThrownBy(() -> lease(session, 2)).isInstanceOf(BrokerUnavailableException.class);
        assertThatThrownBy(() -> session.settle(done(held))).isInstanceOf(BrokerUnavailableException.class);

        assertThat(unknown).isInstanceOfSatisfying(SendResult.Unknown.class, result -> assertThat(result.sent())
                .isTrue());
        proxy.normal();
        assertThat(persistently(() -> session.settle(done(held)))).hasSize(2).containsOnly(Verdict.APPLIED);
        List<JobId> ran = drain(session);
        assertThat(ran).startsWith(sent.get(2), sent.get(3)).hasSize(3);
        assertThat(persistently(session::renew).lost()).isEmpty();
        assertThat(broker.stats(QUEUE).running()).isZero();
    }

    @Test
    void aSendThatWasNotAnswered_isAnsweredByItsRepetition() {
        Broker broker = proxied();
        sendSome(broker, 1);
        proxy.blackholeReplies();
        long before = scriptsRun();
        CompletableFuture<List<SendResult>> results =
                CompletableFuture.supplyAsync(() -> send(broker, TestJobs.jobs(QUEUE, 3)));
        eventually("the first try has been executed", () -> scriptsRun() > before);
        assertThat(results).as("nobody has heard of it").isNotDone();
        proxy.normal(); // for new connections: the one that waits stays dead until its time is over

        assertThat(results.join()).hasSize(3).allMatch(SendResult.Accepted.class::isInstance);
        assertThat(scriptsRun()).as("scripts: both tries").isGreaterThanOrEqualTo(before + 2);
        assertThat(broker.stats(QUEUE).waiting()).isEqualTo(4);
    }

    /** The scripts that the server has run. */
    private long scriptsRun() {
        try {
            return Pattern.compile("cmdstat_eval(?:sha)?:calls=(\\d+)")
                    .matcher(String.valueOf(server.call("INFO", "commandstats")))
                    .results()
                    .mapToLong(match -> Long.parseLong(match.group(1)))
                    .sum();
        } catch (IOException away) {
            throw new UncheckedIOException(away);
        }
    }

    @Test
    void anInterruptedCaller_sendsAllTheSame_andStaysInterrupted() {
        Broker broker = proxied();
        Thread.currentThread().interrupt();
        List<JobId> sent = sendSome(broker, 3);

        assertThat(Thread.interrupted()).isTrue();
        assertThat(drain(open(broker))).isEqualTo(sent);
    }

    @Test
    void nobodyListens_theSendSaysThatNothingWasSent() {
        Broker broker = proxied();
        Session session = open(broker);
        proxy.refuse();
        proxy.cutAll();

        // One that was connected cannot know whether its connection was cut before or after the server had read.
        assertThat(sendOne(proxied())).isInstanceOfSatisfying(SendResult.Unknown.class, unknown -> {
            assertThat(unknown.sent()).isFalse();
            assertThat(unknown.cause()).hasMessageStartingWith("GOOSE-3011").hasMessageContaining("refused");
        });
        assertThatThrownBy(() -> lease(session, 1)).isInstanceOf(BrokerUnavailableException.class);
        proxy.normal();
        assertThat(sendOne(broker)).isInstanceOf(SendResult.Accepted.class);
        assertThat(drain(session)).hasSize(1);
    }

    @Test
    void aJobWakesASessionThatWaits_alsoAfterTheNoticesWereCutOff() throws Exception {
        Broker producer = brokerAt(server.host(), server.port());
        Session session = open(proxied());
        for (int i = 0; i < 3; i++) {
            awaitListener();
            assertThat(lease(session, 1)).isEmpty();
            session.await(Duration.ofMillis(1)); // takes the notice of the new connection, if there is one
            AtomicReference<Thread> waiter = new AtomicReference<>();
            CompletableFuture<Long> waited = CompletableFuture.supplyAsync(() -> {
                waiter.set(Thread.currentThread());
                long start = System.nanoTime();
                try {
                    session.await(Duration.ofSeconds(60));
                } catch (InterruptedException interrupted) {
                    throw new IllegalStateException(interrupted);
                }
                return (System.nanoTime() - start) / 1_000_000;
            });
            eventually(
                    "the session waits",
                    () -> waiter.get() != null && waiter.get().getState() == Thread.State.TIMED_WAITING);
            sendSome(producer, 1);

            assertThat(waited.get()).as("milliseconds").isLessThan(30_000);
            assertThat(drain(session)).hasSize(1);
            proxy.cutAll();
            persistently(session::renew);
        }
    }

    /** Waits until the server has a subscriber. */
    private void awaitListener() throws Exception {
        long start = System.nanoTime();
        while (String.valueOf(server.call("PUBSUB", "CHANNELS")).equals("[]")) {
            assertThat(System.nanoTime() - start)
                    .as("nanoseconds without a subscriber")
                    .isLessThan(60_000_000_000L);
            pause(20);
        }
    }

    @Test
    void theOnlyThreadIsOneThatWasAskedFor_andItEndsWithTheBroker() throws Exception {
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        Set<Thread> given = ConcurrentHashMap.newKeySet();
        RedisUnderTest settings = new RedisUnderTest(Map.of("url", server.url().toString()));
        Broker broker = new RedisBrokerFactory()
                .create(settings.settings(RedisUnderTest.STANDARD_DEAD), (name, body) -> {
                    Thread thread = new Thread(body, name);
                    given.add(thread);
                    return thread;
                });
        Session session = open(broker);
        sendSome(broker, 5);
        session.renew();
        session.sweep();
        assertThat(drain(session)).hasSize(5);

        Set<Thread> made = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !before.contains(thread) && !thread.getName().startsWith("ForkJoinPool"))
                .collect(Collectors.toSet());
        assertThat(given).hasSize(1);
        assertThat(made).isEqualTo(given);
        session.close();
        broker.close();
        for (Thread thread : given) {
            thread.join(60_000);
            assertThat(thread.isAlive()).isFalse();
        }
    }

    private static String standalone(List<String> command, String scripts) {
        return switch (command.get(0)) {
            case "INFO" -> ScriptedRedis.bulk("# Server\r\nredis_version:7.0.0\r\nredis_mode:standalone\r\n");
            case "CONFIG" -> ScriptedRedis.array(ScriptedRedis.bulk(command.get(2)), ScriptedRedis.bulk("noeviction"));
            case "HELLO" -> WaitForDiskIT.hello("7.0.0");
            case "PING" -> "+PONG\r\n";
            case "EVALSHA", "EVAL" -> scripts;
            default -> "+OK\r\n";
        };
    }

    /** The head of a reply for which no heap has room: an Error in whoever reads it. */
    private static final String TOO_LARGE = "$2147483647\r\n";

    @Test
    void anErrorWhileAReplyIsRead_costsNoConnectionForGood() {
        AtomicReference<String> reply = new AtomicReference<>(TOO_LARGE);
        ScriptedRedis scripted = later(new ScriptedRedis(command -> standalone(command, reply.get())));
        Broker broker = broker(Map.of("url", "redis://127.0.0.1:" + scripted.port(), "pool.max", "2"));
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> broker.pause(QUEUE)).isInstanceOf(OutOfMemoryError.class);
        }
        reply.set(":1\r\n");

        broker.pause(QUEUE);
    }

    @Test
    void anErrorWhileANoticeIsRead_endsNoListening() {
        ScriptedRedis scripted = later(new ScriptedRedis(
                command -> command.get(0).equals("SUBSCRIBE") ? TOO_LARGE : standalone(command, "*0\r\n")));
        Broker broker = broker(Map.of("url", "redis://127.0.0.1:" + scripted.port()));
        open(broker);

        eventually("it subscribes again", () -> scripted.asked("SUBSCRIBE").size() > 1);
    }

    @Test
    void aNodeThatFails_isAskedLastForTheSlots() {
        for (int i = 0; i < 6; i++) { // by chance another one could be asked first
            AtomicReference<String> slots = new AtomicReference<>("*0\r\n");
            ScriptedRedis good = later(new ScriptedRedis(command -> clustered(command, slots.get(), ":1\r\n")));
            ScriptedRedis bad = later(
                    new ScriptedRedis(command -> clustered(command, slots.get(), "-LOADING it is not ready\r\n")));
            slots.set(ScriptedRedis.array(range(0, 8191, bad.port()), range(8192, 16383, good.port())));
            Broker broker = broker(Map.of("mode", "cluster", "nodes", "127.0.0.1:" + bad.port()));
            for (int n = 0; n < 4; n++) {
                assertThatThrownBy(() -> broker.pause(QUEUE))
                        .isInstanceOf(BrokerUnavailableException.class); // in the lower half
            }

            assertThat(bad.asked("CLUSTER")).as("at first only").hasSize(1);
            assertThat(good.asked("CLUSTER")).hasSizeGreaterThanOrEqualTo(3);
        }
    }

    private static String range(int from, int to, int port) {
        return ScriptedRedis.array(
                ":" + from + "\r\n",
                ":" + to + "\r\n",
                ScriptedRedis.array(ScriptedRedis.bulk("127.0.0.1"), ":" + port + "\r\n", ScriptedRedis.bulk("x")));
    }

    private static String clustered(List<String> command, String slots, String scripts) {
        return switch (command.get(0)) {
            case "CLUSTER" -> slots;
            case "INFO" -> ScriptedRedis.bulk("# Server\r\nredis_version:7.0.0\r\nredis_mode:cluster\r\n");
            default -> standalone(command, scripts);
        };
    }
}
