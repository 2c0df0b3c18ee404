package io.goose.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.goose.BrokerUnavailableException;
import io.goose.CronEntry;
import io.goose.CronEntry.Overlap;
import io.goose.GooseConfigurationException;
import io.goose.JobCall;
import io.goose.JobOptions;
import io.goose.UnsupportedCapabilityException;
import io.goose.admin.CronAdmin;
import io.goose.admin.StoredCron;
import io.goose.broker.memory.MemoryBroker;
import io.goose.engine.handler.DeclaredCron;
import io.goose.engine.handler.JobCatalogue;
import io.goose.engine.handler.JobDefinition;
import io.goose.job.Envelope;
import io.goose.job.EnvelopeCodec;
import io.goose.job.JobId;
import io.goose.job.QueuedJob;
import io.goose.job.UndecodableEnvelopeException;
import io.goose.spi.CronLedger.Change;
import io.goose.spi.CronLedger.Kept;
import io.goose.tck.BareTransport;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Recurring jobs through whole engines, on a broker whose clock is moved by hand: it begins at 05:06:07.008. */
@Timeout(180)
final class RecurringTest {

    private static final CronEntry EACH_MINUTE =
            CronEntry.named("digest").schedule("* * * * *").zone("UTC");

    private final ManualClock clock = new ManualClock();
    private final MemoryBroker origin = MemoryBroker.withClock(clock);
    private final BlockingQueue<String> ran = new LinkedBlockingQueue<>();
    private final List<TestEngine> engines = new ArrayList<>();

    private TestEngine.Builder engine() {
        return TestEngine.on(origin.connect())
                .clock(clock)
                .job("note", arguments -> ran.add(String.valueOf(arguments.get(0))), String.class);
    }

    private TestEngine closedLater(TestEngine engine) {
        engines.add(engine);
        return engine;
    }

    private TestEngine worker() {
        return closedLater(engine().start());
    }

    private TestEngine client() {
        return closedLater(engine().clientOnly().start());
    }

    private static CronAdmin admin(TestEngine engine) {
        return engine.engine().cronAdmin("main");
    }

    private void pass(Duration time) {
        clock.advance(time);
        origin.clockMoved();
    }

    @AfterEach
    void closeAll() {
        engines.forEach(TestEngine::close);
    }

    private static StoredCron stored(TestEngine engine) {
        return admin(engine).find("digest").orElseThrow();
    }

    @Test
    void eachTick_runsTheJobOnce() throws UndecodableEnvelopeException {
        TestEngine one = worker();
        assertThat(one.client().performEvery(EACH_MINUTE, JobCall.of("note", "a")))
                .isEqualTo(EACH_MINUTE);
        worker();

        pass(Duration.ofSeconds(53));
        assertThat(Eventually.next(ran)).isEqualTo("a");
        pass(Duration.ofMinutes(1));
        assertThat(Eventually.next(ran)).isEqualTo("a");

        Eventually.until("both ticks are noted", () -> Instant.parse("2026-03-04T05:08:00Z")
                .equals(stored(one).last()));
        assertThat(stored(one).next()).isEqualTo("2026-03-04T05:09:00Z");
        one.drained("default");
        assertThat(ran).isEmpty();
    }

    @Test
    void theJob_isThatOfItsTick() throws UndecodableEnvelopeException {
        TestEngine client = client();
        client.client()
                .with(options -> options.queue("mail").maxRetries(2).tags("t"))
                .performEvery(EACH_MINUTE, JobCall.of("note", "a"));
        TestEngine other = closedLater(engine().queues("other").start());
        pass(Duration.ofMinutes(1));
        Eventually.until("the tick's job waits", () -> other.stats("mail").waiting() == 1);

        JobId id = stored(client).lastJob();
        QueuedJob job = client.engine().admin("main").find(id).orElseThrow().job();
        Envelope envelope = new EnvelopeCodec().decode(job.envelope());
        assertThat(envelope.cron()).contains(new Envelope.Cron("digest", Instant.parse("2026-03-04T05:07:00Z")));
        assertThat(envelope.tags()).containsExactly("t");
        assertThat(envelope.retry().orElseThrow().max()).isEqualTo(2);
    }

    @Test
    void aProcessWithoutAWorker_enqueuesNothing() {
        TestEngine client = client();
        client.client().performEvery(EACH_MINUTE, JobCall.of("note", "a"));
        pass(Duration.ofMinutes(3));

        assertThat(client.threads().named("cron")).isEmpty();
        assertThat(stored(client).next()).isEqualTo("2026-03-04T05:07:00Z");

        TestEngine worker = worker();
        assertThat(worker.threads().named("cron")).hasSize(1);
        assertThat(Eventually.next(ran)).isEqualTo("a"); // one makes up for three
        worker.drained("default");
        assertThat(ran).isEmpty();
    }

    @Test
    @DisplayName("R23: registering again keeps a tick that is due, and the next one where it is")
    void registeringAgain_dropsNoTickThatIsDue() {
        TestEngine client = client();
        client.client().performEvery(EACH_MINUTE, JobCall.of("note", "old"));
        pass(Duration.ofSeconds(70)); // the tick of 05:07 is due, and nobody has looked

        client.client().performEvery(EACH_MINUTE, JobCall.of("note", "new"));

        assertThat(stored(client).next()).isEqualTo("2026-03-04T05:07:00Z");
        worker();
        assertThat(Eventually.next(ran)).isEqualTo("new");
        Eventually.until("the tick is noted", () -> Instant.parse("2026-03-04T05:07:00Z")
                .equals(stored(client).last()));
    }

    @Test
    @DisplayName(
            "6.4 cron-registration-test: the same name twice is one entry; another schedule is counted from now on")
    void registeringAnotherSchedule_countsFromNow() {
        TestEngine engine = worker();
        engine.client().performEvery(EACH_MINUTE, JobCall.of("note", "a"));
        pass(Duration.ofMinutes(1));
        assertThat(Eventually.next(ran)).isEqualTo("a");
        Eventually.until("the tick is noted", () -> stored(engine).last() != null);
        StoredCron before = stored(engine);
        assertThat(admin(engine).pause("digest")).isTrue();

        engine.client().performEvery(EACH_MINUTE.schedule("0 * * * *"), JobCall.of("note", "a"));

        StoredCron after = stored(engine);
        assertThat(after.paused()).isTrue();
        assertThat(after.last()).isEqualTo(before.last());
        assertThat(after.lastJob()).isEqualTo(before.lastJob());
        assertThat(admin(engine).size()).isEqualTo(1);
        assertThat(admin(engine).resume("digest")).isTrue();
        assertThat(stored(engine).next()).isEqualTo("2026-03-04T06:00:00Z");
        engine.client().performEvery(EACH_MINUTE.schedule("0 * * * *").zone("Asia/Kolkata"), JobCall.of("note", "a"));
        assertThat(stored(engine).next()).isEqualTo("2026-03-04T05:30:00Z");
    }

    @Test
    void registeringTheSame_writesNothing() {
        TestEngine client = client();
        client.client().performEvery(EACH_MINUTE, JobCall.of("note", "a"));
        String version = origin.crons().find("digest").orElseThrow().version();

        client().client().performEvery(EACH_MINUTE, JobCall.of("note", "a"));

        assertThat(origin.crons().find("digest").orElseThrow().version()).isEqualTo(version);
    }

    @Test
    void anEntryThatChangesItsQueue_goesOnThere() {
        TestEngine engine = closedLater(engine().queues("default", "mail").start());
        engine.client().performEvery(EACH_MINUTE, JobCall.of("note", "a"));
        engine.client().with(o -> o.queue("mail")).performEvery(EACH_MINUTE, JobCall.of("note", "b"));

        assertThat(stored(engine).call().queue()).isEqualTo("mail");
        pass(Duration.ofMinutes(1));
        assertThat(Eventually.next(ran)).isEqualTo("b");
    }

    @Test
    @DisplayName("R23: what never comes, and what is no schedule, is refused and not kept")
    void badEntries_areRefused() {
        TestEngine client = client();

        assertThatThrownBy(
                        () -> client.client().performEvery(EACH_MINUTE.schedule("0 0 30 2 *"), JobCall.of("note", "a")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("GOOSE-2223")
                .hasMessageContaining("never comes");
        assertThatThrownBy(() -> client.client().performEvery(CronEntry.named("x"), JobCall.of("note", "a")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("GOOSE-2221");
        assertThat(admin(client).size()).isZero();
    }

    @Test
    @DisplayName("R24: a loop that fails goes on: a tick whose reply is lost is enqueued once")
    void aTickWhoseReplyIsLost_isEnqueuedOnce() {
        FaultyBroker faulty = new FaultyBroker(origin.connect());
        AtomicInteger left = new AtomicInteger(1);
        TestEngine engine = closedLater(TestEngine.on(faulty)
                .clock(clock)
                .job("note", arguments -> ran.add(String.valueOf(arguments.get(0))), String.class)
                .start());
        engine.client().performEvery(EACH_MINUTE, JobCall.of("note", "a"));
        faulty.after(FaultyBroker.Call.CRON_APPLY, () -> {
            if (left.getAndDecrement() > 0) {
                throw new BrokerUnavailableException("GOOSE-9999: the reply is lost", null);
            }
        });

        pass(Duration.ofMinutes(1));
        assertThat(Eventually.next(ran)).isEqualTo("a");
        pass(Duration.ofMinutes(1));
        assertThat(Eventually.next(ran)).isEqualTo("a");

        engine.drained("default");
        Eventually.until("the loop has heard of the second tick", () -> left.get() < 0);
        assertThat(ran).isEmpty();
    }

    @Test
    void anOutage_isSatOut() {
        FaultyBroker faulty = new FaultyBroker(origin.connect());
        TestEngine engine = closedLater(TestEngine.on(faulty)
                .clock(clock)
                .job("note", arguments -> ran.add(String.valueOf(arguments.get(0))), String.class)
                .start());
        engine.client().performEvery(EACH_MINUTE, JobCall.of("note", "a"));
        try (LogCapture log = LogCapture.open()) {
            faulty.before(FaultyBroker.Call.CRON_DUE, () -> {
                throw new BrokerUnavailableException("GOOSE-9999: away", null);
            });
            int before = faulty.count(FaultyBroker.Call.CRON_DUE);
            Eventually.until("it has failed", () -> faulty.count(FaultyBroker.Call.CRON_DUE) > before + 1);
            faulty.heal(FaultyBroker.Call.CRON_DUE);
            pass(Duration.ofMinutes(1));
            assertThat(Eventually.next(ran)).isEqualTo("a");
            assertThat(log.count("GOOSE-4001")).isPositive();
        }
    }

    @Test
    @DisplayName("R23: an entry that cannot be read is said, and keeps no other from its tick")
    void anEntryThatCannotBeRead_isPutOff() {
        Kept foreign = new Kept("foreign", "default", "9|?", "9", clock.instant(), Kept.nextVersion(null));
        assertThat(origin.crons().apply(List.of(new Change(null, foreign, List.of()))))
                .containsExactly(true);
        try (LogCapture log = LogCapture.open()) {
            TestEngine engine = worker();
            engine.client().performEvery(EACH_MINUTE, JobCall.of("note", "a"));
            pass(Duration.ofMinutes(1));

            assertThat(Eventually.next(ran)).isEqualTo("a");
            Eventually.until("it is said", () -> log.count("GOOSE-2231") == 1);
            assertThat(origin.crons().find("foreign").orElseThrow().due()).isAfter(foreign.due());
            assertThat(admin(engine).size()).isEqualTo(2);
            assertThat(admin(engine).list(0, 10))
                    .extracting(cron -> cron.entry().name())
                    .containsExactly("digest");
            assertThat(admin(engine).find("foreign")).isEmpty();
            assertThat(admin(engine).resume("foreign")).isFalse();
            assertThat(admin(engine).runNow("foreign")).isEmpty();
            assertThat(admin(engine).delete("foreign")).isTrue();
        }
    }

    @Test
    void overlappingTicks_areLeftOutOrWaitOrRun() throws InterruptedException {
        BlockingQueue<String> begun = new LinkedBlockingQueue<>();
        CountDownLatch end = new CountDownLatch(1);
        TestEngine engine = closedLater(engine().threads(6)
                .job(
                        "slow",
                        arguments -> {
                            begun.add(String.valueOf(arguments.get(0)));
                            Eventually.await(end);
                            return null;
                        },
                        String.class)
                .start());
        for (Overlap overlap : Overlap.values()) {
            CronEntry entry = EACH_MINUTE.overlap(overlap);
            engine.client()
                    .performEvery(
                            new CronEntry(
                                    overlap.name(),
                                    entry.schedule(),
                                    entry.zone(),
                                    entry.missed(),
                                    entry.most(),
                                    overlap,
                                    entry.jitter()),
                            JobCall.of("slow", overlap.name()));
        }
        pass(Duration.ofMinutes(1));
        assertThat(List.of(Eventually.next(begun), Eventually.next(begun), Eventually.next(begun)))
                .containsExactlyInAnyOrder("ALLOW", "SKIP", "QUEUE_ONE");
        pass(Duration.ofMinutes(1));
        assertThat(Eventually.next(begun)).isEqualTo("ALLOW");
        Instant second = Instant.parse("2026-03-04T05:08:00Z");
        Eventually.until(
                "one tick is left out, one waits",
                () -> !admin(engine).find("SKIP").orElseThrow().next().equals(second)
                        && origin.crons()
                                .find("QUEUE_ONE")
                                .orElseThrow()
                                .state()
                                .contains("HELD"));

        end.countDown();
        engine.drained("default");
        pass(Duration.ofSeconds(2));
        assertThat(Eventually.next(begun)).isEqualTo("QUEUE_ONE");
        assertThat(admin(engine).find("QUEUE_ONE").orElseThrow().last()).isEqualTo(second);
        assertThat(admin(engine).find("SKIP").orElseThrow().last()).isBefore(second);
        assertThat(begun).isEmpty();
    }

    @Test
    @DisplayName("6.3 cron-entries-test, cron-get-all, cron-delete: entries are looked at, run, paused and deleted")
    void anOperator_looksAndChanges() {
        TestEngine engine = worker();
        CronAdmin admin = admin(engine);
        for (String name : List.of("c", "a", "b")) {
            engine.client()
                    .performEvery(
                            CronEntry.named(name).schedule("0 3 * * *").zone("Europe/Paris"), JobCall.of("note", name));
        }

        assertThat(admin.size()).isEqualTo(3);
        assertThat(admin.list(0, 10)).extracting(cron -> cron.entry().name()).containsExactly("a", "b", "c");
        assertThat(admin.list(1, 1)).extracting(cron -> cron.entry().name()).containsExactly("b");
        StoredCron found = admin.find("a").orElseThrow();
        assertThat(found.call()).isEqualTo(new StoredCron.Call("note", "[\"a\"]", "default"));
        assertThat(found.entry().zone().getId()).isEqualTo("Europe/Paris");
        assertThat(found.next()).isEqualTo("2026-03-05T02:00:00Z");
        assertThat(found.last()).isNull();
        assertThat(admin.nextTicks("a", 3))
                .containsExactly(
                        Instant.parse("2026-03-05T02:00:00Z"),
                        Instant.parse("2026-03-06T02:00:00Z"),
                        Instant.parse("2026-03-07T02:00:00Z"));

        assertThat(admin.runNow("a")).isPresent();
        assertThat(Eventually.next(ran)).isEqualTo("a");
        assertThat(admin.find("a").orElseThrow().next()).isEqualTo("2026-03-05T02:00:00Z");

        assertThat(admin.pause("a")).isTrue();
        assertThat(admin.pause("a")).isFalse();
        assertThat(admin.find("a").orElseThrow().paused()).isTrue();
        assertThat(admin.find("a").orElseThrow().next()).isNull();
        assertThat(admin.resume("b")).isFalse();
        pass(Duration.ofDays(2));
        assertThat(List.of(Eventually.next(ran), Eventually.next(ran))).containsExactlyInAnyOrder("b", "c");
        assertThat(admin.resume("a")).isTrue();
        assertThat(admin.find("a").orElseThrow().next()).isEqualTo("2026-03-07T02:00:00Z");

        assertThat(admin.delete("a")).isTrue();
        assertThat(admin.delete("a")).isFalse();
        assertThat(admin.find("a")).isEmpty();
        assertThat(admin.delete(List.of("b", "unknown"))).isEqualTo(1);
        engine.client().performEvery(EACH_MINUTE, JobCall.of("note", "x"));
        assertThat(admin.deleteAll()).isEqualTo(2);
        assertThat(admin.size()).isZero();
        engine.client().performEvery(EACH_MINUTE, JobCall.of("note", "x"));
        assertThat(admin.size()).isEqualTo(1);
        assertThat(admin.pause("unknown")).isFalse();
        assertThat(admin.resume("unknown")).isFalse();
        assertThat(admin.runNow("unknown")).isEmpty();
        assertThat(admin.nextTicks("unknown", 1)).isEmpty();
        assertThatThrownBy(() -> admin.list(0, 1001)).hasMessageStartingWith("GOOSE-1020");
        assertThatThrownBy(() -> admin.nextTicks("x", 0)).hasMessageStartingWith("GOOSE-1020");
        assertThatThrownBy(() -> engine.engine().cronAdmin("nobody")).hasMessageStartingWith("GOOSE-1017");
    }

    @Test
    void whereNobodyKeepsThem_recurringJobsAreRefused() {
        TestEngine engine = closedLater(TestEngine.on(BareTransport.create(true))
                .job("note", arguments -> null)
                .build());

        assertThatThrownBy(() -> engine.client().performEvery(EACH_MINUTE, JobCall.of("note")))
                .isInstanceOf(UnsupportedCapabilityException.class)
                .hasMessageStartingWith("GOOSE-3100");
        assertThatThrownBy(() -> admin(engine).size()).isInstanceOf(UnsupportedCapabilityException.class);
    }

    @Test
    void whereNobodyKeepsThem_declaredOnesAreRefusedAtTheStart() {
        JobDefinition job = new JobDefinition(
                "note",
                Set.of(),
                Set.of(),
                List.of(),
                new JobDefinition.Settings(JobOptions.NONE, List.of(), false, arguments -> null, "Bean#note()"));
        List<String> problems = new ArrayList<>();
        JobCatalogue catalogue = JobCatalogue.of(List.of(job), problems)
                .withCrons(List.of(new DeclaredCron(EACH_MINUTE, "", "note", "Bean#note()")));
        TestEngine engine = closedLater(
                TestEngine.on(BareTransport.create(true)).catalogue(catalogue).build());

        assertThatThrownBy(engine::start)
                .isInstanceOf(GooseConfigurationException.class)
                .hasMessageContaining("GOOSE-2226: job Bean#note() has @Cron, but broker 'main'");
    }
}
