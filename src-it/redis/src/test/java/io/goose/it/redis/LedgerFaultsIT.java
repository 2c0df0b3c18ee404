package io.goose.it.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.goose.BrokerRefusedException;
import io.goose.BrokerUnavailableException;
import io.goose.admin.Place;
import io.goose.it.server.Fault;
import io.goose.it.server.FaultyProxy;
import io.goose.it.server.Occurrence;
import io.goose.it.server.Redis;
import io.goose.it.server.RedisServer;
import io.goose.job.JobId;
import io.goose.job.QueuedJob;
import io.goose.spi.Broker;
import io.goose.spi.BrokerSettings;
import io.goose.spi.BrokerSettings.DeadRetention;
import io.goose.spi.GuardedLedger;
import io.goose.spi.GuardedLedger.Change;
import io.goose.spi.GuardedLedger.Delivery;
import io.goose.spi.GuardedLedger.Entered;
import io.goose.spi.GuardedLedger.Kept;
import io.goose.spi.GuardedLedger.Taken;
import io.goose.spi.SendResult;
import io.goose.tck.TestJobs;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A ledger for another broker, whose server loses answers, is full, or refuses a step midway. */
final class LedgerFaultsIT extends FaultTest {

    private static final String KEYS = "tck:ledger:mq:{" + QUEUE + "}:";
    private static final String OTHER = "other";
    private static final Duration HOLD = Duration.ofMinutes(5); // what a lost answer leaves taken would be missed
    private static final Duration NOW = Duration.ZERO;
    private static final int CUTS = 50;

    private RedisServer server;
    private FaultyProxy proxy;
    private Broker owner;
    private GuardedLedger ledger;

    @BeforeEach
    void start() {
        server = later(Redis.version("7.0").server().start());
        proxy = later(FaultyProxy.inFrontOf(server));
        owner = brokerAt(proxy.host(), proxy.port());
        ledger = owner.ledgerFor("mq").orElseThrow();
        keepOne(); // a connection is there, and is used again
        takeOne();
    }

    private static QueuedJob due(QueuedJob job) {
        return TestJobs.at(job, Instant.ofEpochMilli(1));
    }

    private QueuedJob keepOne() {
        QueuedJob job = due(TestJobs.job(QUEUE));
        assertThat(ledger.keep(List.of(job))).containsExactly(SendResult.Accepted.INSTANCE);
        return job;
    }

    private Taken takeOne() {
        List<Taken> taken = ledger.takeDue(QUEUE, 10, HOLD).taken();
        assertThat(taken).hasSize(1);
        return taken.get(0);
    }

    private boolean begins(QueuedJob job) {
        return ledger.begin(List.of(new Delivery(job, false))).get(0);
    }

    private static QueuedJob failed(QueuedJob job, String queue) {
        return new QueuedJob(
                queue,
                job.id(),
                job.envelope(),
                job.state().afterFailure(TestJobs.failure("x"), Instant.ofEpochMilli(1)),
                true);
    }

    private static Change retried(QueuedJob ran, String queue) {
        return new Change(ran, new Kept(failed(ran, queue), Place.SCHEDULED, NOW, null));
    }

    /** Makes a call whose answer is lost after its script has run. */
    private <T> T withLostAnswer(String script, Supplier<T> call) {
        Fault cut = proxy.cutReply(Occurrence.next(request -> runs(request.arguments(), script)));
        T result = call.get();
        eventually("an answer was lost", () -> cut.times() == 1);
        return result;
    }

    /** All scripts pass the same keys; the arguments behind them are told apart by their number and kind. */
    private static boolean runs(List<String> request, String argument) {
        return request.get(0).startsWith("EVAL")
                && request.stream().anyMatch(key -> key.contains(":ledger:mq:"))
                && request.contains(argument);
    }

    @Test
    void eachStepWhoseAnswerIsLost_isAnsweredAndNotDoneTwice() {
        for (int i = 0; i < CUTS; i++) {
            QueuedJob job = due(TestJobs.job(QUEUE));
            String id = job.id().value();
            assertThat(withLostAnswer(id, () -> ledger.keep(List.of(job))))
                    .containsExactly(SendResult.Accepted.INSTANCE);
            List<Taken> taken =
                    withLostAnswer("due", () -> ledger.takeDue(QUEUE, 10, HOLD).taken());
            assertThat(taken).extracting(each -> each.job().id()).containsExactly(job.id());
            withLostAnswer(id, () -> {
                ledger.sent(taken);
                return taken;
            });
            QueuedJob ran = taken.get(0).job();
            assertThat(withLostAnswer(id, () -> begins(ran))).isTrue();
            QueuedJob follower = TestJobs.job(OTHER);
            Change retry = retried(ran, OTHER);
            withLostAnswer(id, () -> {
                ledger.settle(List.of(new Change(ran, retry.next(), List.of(follower))));
                return ran;
            });

            assertThat(ledger.takeDue(OTHER, 10, HOLD).jobs())
                    .extracting(QueuedJob::id)
                    .containsExactlyInAnyOrder(job.id(), follower.id());
            assertThat(begins(ran)).isFalse();
        }
        assertThat(ledger.takeDue(QUEUE, 10, HOLD).taken()).isEmpty();
        assertThat(ledger.stats(OTHER).scheduled()).isZero();
    }

    @Test
    void aJobThatIsEntered_whoseAnswerIsLost_isTheCallers() throws Exception {
        for (int i = 0; i < CUTS; i++) {
            QueuedJob job = TestJobs.job(QUEUE);
            List<Entered> entered = withLostAnswer(job.id().value(), () -> ledger.enter(List.of(job), HOLD));
            Taken taken = entered.get(0).taken();
            assertThat(taken).isNotNull();
            ledger.sent(List.of(taken));
            assertThat(server.call("ZSCORE", KEYS + "sent", job.id().value())).isNull();
        }
    }

    @Test
    void aTakingThatIsNeverAnswered_isAskedForAgainByTheNext() {
        QueuedJob job = keepOne();
        proxy.refuse();
        Fault cut = proxy.cutReply(Occurrence.next(request -> runs(request.arguments(), "due")));
        assertThatThrownBy(() -> ledger.takeDue(QUEUE, 10, HOLD)).isInstanceOf(BrokerUnavailableException.class);
        eventually("an answer was lost", () -> cut.times() == 1);
        proxy.normal();

        Taken taken = persistently(this::takeOne);

        assertThat(taken.job().id()).isEqualTo(job.id());
        ledger.putOff(List.of(taken), NOW); // it is this taking that counts
        assertThat(takeOne().job()).isEqualTo(taken.job());
    }

    @Test
    void whatIsForAnotherQueue_andCannotBeDelivered_isDeliveredByALaterUpkeep() throws Exception {
        server.call("SET", "tck:ledger:mq:{other}:row", "somebody else's");
        QueuedJob ran = takenAndBegun();
        try (LogCapture log = LogCapture.of("io.goose.broker.redis")) {
            ledger.settle(List.of(retried(ran, OTHER)));
            assertThat(log.messages()).anyMatch(line -> line.startsWith("GOOSE-3018"));
        }
        server.call("DEL", "tck:ledger:mq:{other}:row");
        ledger.upkeep();
        assertThat(ledger.takeDue(OTHER, 10, HOLD).taken())
                .as("it may be on its way")
                .isEmpty();

        server.call("ZADD", KEYS + "fxt", "1", ran.id() + ":1");
        ledger.upkeep();

        assertThat(ledger.takeDue(OTHER, 10, HOLD).jobs())
                .extracting(QueuedJob::id)
                .containsExactly(ran.id());
        assertThat(server.call("EXISTS", KEYS + "fx", KEYS + "fxt")).isEqualTo(0L);
    }

    private QueuedJob takenAndBegun() {
        keepOne();
        Taken taken = takeOne();
        ledger.sent(List.of(taken));
        assertThat(begins(taken.job())).isTrue();
        return taken.job();
    }

    @Test
    void aServerOutOfMemory_keepsNothingMore_butEverythingGoesOn() throws Exception {
        QueuedJob running = takenAndBegun();
        QueuedJob other = takenAndBegun();
        QueuedJob next = keepOne();
        server.call("CONFIG", "SET", "maxmemory", "1");

        assertThatThrownBy(() -> ledger.keep(List.of(TestJobs.job(QUEUE))))
                .isInstanceOf(BrokerUnavailableException.class)
                .hasMessageStartingWith("GOOSE-3013");
        Taken taken = takeOne();
        assertThat(taken.job().id()).isEqualTo(next.id());
        ledger.sent(List.of(taken));
        assertThat(begins(taken.job())).isTrue();
        ledger.settle(List.of(new Change(running, null), retried(other, QUEUE)));
        assertThat(ledger.stats(QUEUE).scheduled()).isEqualTo(1);
        server.call("CONFIG", "SET", "maxmemory", "0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"zadd", "hset", "zrem", "set"})
    void anEndThatIsRefusedMidway_losesNothing(String right) throws Exception {
        server.call("ACL", "SETUSER", "goose", "on", ">worker", "~tck*", "&*", "+@all");
        GuardedLedger limited = broker(
                        Map.of("url", server.url().toString(), "username", "goose", "password", "worker"))
                .ledgerFor("mq")
                .orElseThrow();
        QueuedJob ran = takenAndBegun();
        assertThat(limited.queues()).contains(QUEUE);
        server.call("ACL", "SETUSER", "goose", "-" + right);
        assertThatThrownBy(() -> limited.settle(List.of(retried(ran, QUEUE))))
                .isInstanceOf(BrokerRefusedException.class);
        server.call("ACL", "SETUSER", "goose", "+" + right);

        limited.settle(List.of(retried(ran, QUEUE)));

        assertThat(takeOne().job().state().attempt()).isEqualTo(2);
    }

    @Test
    void largeJobs_areTakenAFewAtATime_andTombstonesGoInChunks() throws Exception {
        List<QueuedJob> large = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            large.add(due(TestJobs.jobOfSize(QUEUE, 400 << 10)));
        }
        ledger.keep(large);
        List<JobId> taken = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            List<QueuedJob> some = ledger.takeDue(QUEUE, 500, HOLD).jobs();
            assertThat(some).hasSize(2);
            some.forEach(job -> taken.add(job.id()));
        }
        assertThat(taken).isEqualTo(TestJobs.ids(large));

        server.call(
                "EVAL",
                "for i = 1, 1200 do redis.call('HSET', KEYS[1], 'g' .. i, 'G|0|0') redis.call('ZADD', KEYS[2], i, 'g' .. i) end",
                "2",
                KEYS + "row",
                KEYS + "gone");
        QueuedJob young = takenAndBegun();
        ledger.settle(List.of(new Change(young, null)));
        long before = (Long) server.call("HLEN", KEYS + "row");
        ledger.upkeep();
        assertThat(server.call("ZCARD", KEYS + "gone")).isEqualTo(1L);
        assertThat(server.call("HLEN", KEYS + "row")).isEqualTo(before - 1200);
        assertThat(begins(young)).isFalse();
    }

    @Test
    void theDeadThatAreTooMany_go_andItIsSaid() {
        BrokerSettings frugal = new BrokerSettings(
                "main",
                "tck",
                Map.of("url", server.url().toString()),
                Duration.ofHours(1),
                new DeadRetention(2, Duration.ofDays(90)));
        GuardedLedger small =
                later(RedisUnderTest.connect(frugal)).ledgerFor("mq").orElseThrow();
        List<JobId> died = new ArrayList<>();
        try (LogCapture log = LogCapture.of("io.goose.broker.redis")) {
            for (QueuedJob job : TestJobs.jobs(QUEUE, 3)) {
                ledger.settle(List.of(new Change(job, new Kept(job, Place.DEAD, NOW, null))));
                died.add(job.id());
                pause(2); // no two die in the same millisecond
            }
            small.upkeep();
            assertThat(log.messages()).anyMatch(line -> line.startsWith("GOOSE-3002: deleted 1 dead jobs"));
        }
        assertThat(ledger.find(QUEUE, died.get(0))).isEmpty();
        assertThat(ledger.list(QUEUE, Place.DEAD, 0, 10))
                .extracting(stored -> stored.job().id())
                .containsExactly(died.get(2), died.get(1));
    }

    @Test
    void aJobWhoseEnvelopeIsGone_isParked_andSaidSo() throws Exception {
        QueuedJob job = keepOne();
        server.call("HDEL", KEYS + "body", job.id().value());
        try (LogCapture log = LogCapture.of("io.goose.broker.redis")) {
            assertThat(ledger.takeDue(QUEUE, 10, HOLD).taken()).isEmpty();
            assertThat(log.messages()).anyMatch(line -> line.startsWith("GOOSE-3017"));
        }
        assertThat(ledger.find(QUEUE, job.id()))
                .hasValueSatisfying(stored -> assertThat(stored.place()).isEqualTo(Place.PARKED));
        assertThat(ledger.replay(QUEUE, job.id())).isFalse();
        assertThat(ledger.delete(QUEUE, job.id())).isTrue();
    }

    @Test
    void theBrokerItself_seesNothingOfTheLedger() {
        keepOne();

        assertThat(owner.queues()).isEmpty();
        assertThat(drain(open(owner))).isEmpty();
        assertThat(owner.stats(QUEUE).scheduled()).isZero();
        assertThat(ledger.queues()).containsExactly(QUEUE);
        assertThat(owner.ledgerFor("another")
                        .orElseThrow()
                        .takeDue(QUEUE, 10, HOLD)
                        .taken())
                .isEmpty();
        assertThat(ledger.stats(QUEUE).scheduled()).isEqualTo(1);
    }
}
