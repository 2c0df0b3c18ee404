package io.goose.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.JobCall;
import io.goose.admin.Place;
import io.goose.admin.StoredJob;
import io.goose.broker.memory.MemoryBroker;
import io.goose.engine.FaultyBroker.Call;
import io.goose.job.DeliveryState;
import io.goose.job.EncodedEnvelope;
import io.goose.job.JobId;
import io.goose.job.QueuedJob;
import jakarta.json.JsonArray;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Jobs that a worker cannot run go to one that can; what nobody can read is kept as it is. */
@Timeout(180)
class UnknownJobTest {

    private final ManualClock clock = new ManualClock();
    private final MemoryBroker broker = MemoryBroker.withClock(clock);
    private final AtomicInteger runs = new AtomicInteger();
    private LogCapture log;

    @BeforeEach
    void listen() {
        log = LogCapture.open();
    }

    @AfterEach
    void stopListening() {
        log.close();
    }

    private TestEngine.Builder engine() {
        return TestEngine.on(broker.connect()).clock(clock);
    }

    private QueuedJob raw(String json) {
        JobId id = JobId.of(UUID.randomUUID());
        byte[] bytes = json.replace("$id", id.value()).getBytes(StandardCharsets.UTF_8);
        return new QueuedJob("default", id, EncodedEnvelope.wrap(bytes), DeliveryState.FRESH);
    }

    private static String envelope(int version, String encoding, String handler) {
        return "{\"v\":" + version + ",\"id\":\"$id\",\"handler\":\"" + handler + "\",\"args\":[],\"enc\":\"" + encoding
                + "\",\"queue\":\"default\",\"enqueuedAt\":1700000000000,\"headers\":{}}";
    }

    private StoredJob only(Place place) {
        Eventually.until(
                "one job is " + place,
                () -> broker.list("default", place, 0, 10).size() == 1);
        return broker.list("default", place, 0, 10).get(0);
    }

    @Test
    @DisplayName("R27: an undecodable payload is set aside with its bytes unchanged")
    void whatCannotBeReadIsParkedAsItIs() {
        List<QueuedJob> bad = List.of(
                raw("no JSON at all"), raw("{\"v\":1,\"id\":\"$id\"}"), raw("{\"v\":1,\"v\":1}"), raw("{"), raw(""));
        try (TestEngine engine =
                engine().job("good", arguments -> runs.incrementAndGet()).start()) {
            broker.send(bad);
            engine.client().performAsync(JobCall.of("good"));
            engine.drained("default");

            assertThat(runs).hasValue(1);
            assertThat(engine.stats("default").parked()).isEqualTo(5);
            for (QueuedJob job : bad) {
                StoredJob parked = broker.find("default", job.id()).orElseThrow();
                assertThat(parked.place()).isEqualTo(Place.PARKED);
                assertThat(parked.job().envelope()).isEqualTo(job.envelope());
                assertThat(parked.job().state().attempt()).isEqualTo(1);
                assertThat(parked.note()).isNotBlank();
            }
            assertThat(log.count("GOOSE-4102")).isEqualTo(5);
        }
    }

    @Test
    @DisplayName("Mechanics 19: a newer version, another encoding and an unknown handler are left for others")
    void whatAnotherWorkerMayKnowIsReleasedWithoutAnAttempt() {
        List<QueuedJob> foreign = List.of(
                raw(envelope(2, "json", "good")), raw(envelope(1, "smile", "good")), raw(envelope(1, "json", "other")));
        try (TestEngine engine =
                engine().job("good", arguments -> runs.incrementAndGet()).start()) {
            broker.send(foreign);
            Eventually.until("all are set aside", () -> engine.stats("default").scheduled() == 3);

            for (QueuedJob job : foreign) {
                DeliveryState state =
                        broker.find("default", job.id()).orElseThrow().job().state();
                assertThat(state.attempt()).isEqualTo(1);
                assertThat(state.unknownSince()).isEqualTo(clock.instant());
                assertThat(state.notBefore()).isEqualTo(clock.instant().plusSeconds(1));
            }
            assertThat(runs).hasValue(0);
            assertThat(engine.stats("default").parked()).isZero();
        }
    }

    @Test
    void aJobThatNobodyKnowsIsAskedForMoreAndMoreRarely() {
        try (TestEngine engine = engine().start()) {
            broker.send(List.of(raw(envelope(1, "json", "other"))));
            List<Long> delays = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                StoredJob waiting = only(Place.SCHEDULED);
                Duration delay =
                        Duration.between(clock.instant(), waiting.job().state().notBefore());
                delays.add(delay.toSeconds());
                clock.advance(delay);
                broker.clockMoved();
                Eventually.until("it is released again", () -> broker.list("default", Place.SCHEDULED, 0, 1).stream()
                        .anyMatch(job -> job.job().state().notBefore().isAfter(clock.instant())));
            }
            assertThat(delays).containsExactly(1L, 1L, 2L, 4L, 8L, 16L, 30L, 30L);
        }
    }

    @Test
    void aJobThatNobodyKnowsIsParkedOnlyAfterPatienceAndComesBackByItself() {
        try (TestEngine engine = engine().patience(Duration.ofHours(1))
                .job("good", arguments -> null)
                .start()) {
            broker.send(List.of(raw(envelope(1, "json", "late"))));
            only(Place.SCHEDULED);
            clock.advance(Duration.ofMinutes(59));
            broker.clockMoved();
            Eventually.until(
                    "it is asked for again and released", () -> broker.list("default", Place.SCHEDULED, 0, 1).stream()
                            .anyMatch(job -> job.job().state().notBefore().isAfter(clock.instant())));
            assertThat(engine.stats("default").parked()).isZero();

            clock.advance(Duration.ofMinutes(2));
            broker.clockMoved();
            StoredJob parked = only(Place.PARKED);
            assertThat(parked.note()).contains("handler:late");
            assertThat(parked.job().state().attempt()).isEqualTo(1);
            assertThat(log.count("GOOSE-4103")).isEqualTo(1);

            try (TestEngine newer =
                    engine().job("late", arguments -> runs.incrementAndGet()).start()) {
                Eventually.until("it ran", () -> runs.get() == 1);
                assertThat(newer.stats("default").parked()).isZero();
            }
        }
    }

    @Test
    void aJobThatIsToBeParkedGoesToTheWorkerThatHasJustComeAndIsNotSaidToBeParkedForCertain() {
        FaultyBroker held = new FaultyBroker(broker.connect());
        CountDownLatch deciding = new CountDownLatch(1);
        CountDownLatch come = new CountDownLatch(1);
        try (TestEngine engine = TestEngine.on(held)
                        .clock(clock)
                        .patience(Duration.ofHours(1))
                        .job("good", arguments -> null)
                        .start();
                TestEngine newer = engine().job("late", arguments -> runs.incrementAndGet())
                        .build()) {
            broker.send(List.of(raw(envelope(1, "json", "late"))));
            only(Place.SCHEDULED);
            held.before(Call.SETTLE, () -> {
                deciding.countDown();
                Eventually.await(come);
            });
            clock.advance(Duration.ofMinutes(61));
            broker.clockMoved();
            Eventually.await(deciding);
            newer.start();
            Eventually.until("it is there", () -> !newer.status().session().isEmpty());
            come.countDown();
            Eventually.until("it ran", () -> runs.get() == 1);

            assertThat(engine.stats("default").parked()).isZero();
            assertThat(log.messages())
                    .filteredOn(message -> message.contains("GOOSE-4103"))
                    .singleElement()
                    .asString()
                    .contains("unless one is there at this moment");
        }
    }

    @Test
    void aJobGoesAtOnceToTheWorkerThatKnowsIt() {
        FaultyBroker held = new FaultyBroker(broker.connect());
        try (TestEngine other = engine().job("mine", arguments -> null).start();
                TestEngine knowing = TestEngine.on(held)
                        .clock(clock)
                        .job("theirs", arguments -> runs.incrementAndGet())
                        .start()) {
            Eventually.until(
                    "both are there",
                    () -> held.count(Call.AWAIT) > 0
                            && !other.status().session().isEmpty());
            for (int i = 0; i < 50; i++) {
                knowing.client().performAsync(JobCall.of("theirs"));
                other.client().performAsync(JobCall.of("mine"));
            }
            other.drained("default"); // without the clock being moved, so nothing waited for a delay
            assertThat(runs).hasValue(50);
            assertThat(other.stats("default").parked()).isZero();
        }
    }

    @Test
    void aWorkerWithACodecOfItsOwnReadsJsonToo() {
        TestCodec own = new TestCodec("own") {
            @Override
            public List<Object> decode(JsonArray arguments, List<Type> types) {
                assertThat(arguments).as("only what it wrote itself").hasToString("[\"own\",1]");
                return super.decode(arguments, types);
            }
        };
        List<Object> seen = new CopyOnWriteArrayList<>();
        try (TestEngine json = engine().clientOnly().build();
                TestEngine worker = engine().codec(own)
                        .retryMax(0)
                        .job("see", arguments -> seen.add(arguments.get(0)), String.class, int.class)
                        .start()) {
            json.client().performAsync(JobCall.of("see", "json", 2));
            worker.client().performAsync(JobCall.of("see", "own", 1));
            worker.drained("default");
            assertThat(seen).containsExactlyInAnyOrder("json", "own");
            assertThat(worker.stats("default").dead()).isZero();
        }
    }

    @Test
    @DisplayName("Acceptance 7: two applications with disjoint handlers on one queue: none parked, none lost")
    void twoApplicationsShareAQueue() {
        int each = 10_000;
        MemoryBroker shared = MemoryBroker.withClock(InstantSource.system());
        AtomicInteger a = new AtomicInteger();
        AtomicInteger b = new AtomicInteger();
        try (TestEngine first = TestEngine.on(shared)
                        .job("a", arguments -> a.incrementAndGet())
                        .start();
                TestEngine second = TestEngine.on(shared.connect())
                        .job("b", arguments -> b.incrementAndGet())
                        .start()) {
            List<JobCall> calls = new ArrayList<>();
            for (int i = 0; i < each; i++) {
                calls.add(JobCall.of("a"));
                calls.add(JobCall.of("b"));
            }
            first.client().performAll(calls);
            first.drained("default");

            assertThat(a).hasValue(each);
            assertThat(b).hasValue(each);
            assertThat(first.stats("default").parked()).isZero();
            assertThat(first.stats("default").dead()).isZero();
            assertThat(first.status().stale() + second.status().stale()).isZero();
        }
    }

    @Test
    @DisplayName("Acceptance 7: a rolling deploy with new and removed handlers parks and loses nothing")
    void aRollingDeployLosesNothing() {
        MemoryBroker shared = MemoryBroker.withClock(InstantSource.system());
        AtomicInteger removed = new AtomicInteger();
        AtomicInteger kept = new AtomicInteger();
        AtomicInteger added = new AtomicInteger();
        TestEngine.Builder v1 = TestEngine.on(shared.connect())
                .job("removed", arguments -> removed.incrementAndGet())
                .job("kept", arguments -> kept.incrementAndGet());
        TestEngine.Builder v2 = TestEngine.on(shared.connect())
                .job("kept", arguments -> kept.incrementAndGet())
                .job("added", arguments -> added.incrementAndGet());
        try (TestEngine client = TestEngine.on(shared).clientOnly().build();
                TestEngine newNode = v2.build()) {
            try (TestEngine oldNode = v1.start()) {
                for (int i = 0; i < 500; i++) {
                    client.client().performAsync(JobCall.of("removed"));
                    client.client().performAsync(JobCall.of("kept"));
                    if (i == 200) {
                        newNode.start();
                    }
                    if (i > 200) {
                        client.client().performAsync(JobCall.of("added"));
                    }
                }
                Eventually.until("the old node ran what only it knows", () -> removed.get() == 500);
                assertThat(oldNode.stats("default").parked()).isZero();
            }
            for (int i = 0; i < 200; i++) {
                client.client().performAsync(JobCall.of("kept"));
                client.client().performAsync(JobCall.of("added"));
            }
            client.drained("default");

            assertThat(kept).hasValue(700);
            assertThat(added).hasValue(299 + 200);
            assertThat(client.stats("default").parked()).isZero();
            assertThat(client.stats("default").dead()).isZero();
        }
    }

    @Test
    void aJobThatNeedsTwoThingsIsNotPassedToAndFroByWorkersThatHaveOneEach() {
        try (TestEngine encoding = engine().codec(new TestCodec("smile"))
                        .job("a", arguments -> null)
                        .start();
                TestEngine handler = engine().job("theirs", arguments -> runs.incrementAndGet())
                        .start()) {
            broker.send(List.of(raw(envelope(1, "smile", "theirs"))));
            assertThat(only(Place.SCHEDULED).job().state().unknownSince()).isEqualTo(clock.instant());

            clock.advance(Duration.ofMinutes(61));
            broker.clockMoved();
            assertThat(only(Place.PARKED).note()).contains("enc:smile", "handler:theirs");
            assertThat(runs).hasValue(0);

            try (TestEngine both = engine().codec(new TestCodec("smile"))
                    .job("theirs", arguments -> runs.incrementAndGet())
                    .start()) {
                Eventually.until("it ran", () -> runs.get() == 1);
                both.drained("default");
                assertThat(both.stats("default").parked()).isZero();
            }
        }
        assertThat(log.count("GOOSE-4103")).isEqualTo(1);
    }

    @Test
    void aNameWithWhiteSpaceIsOneNeed() {
        try (TestEngine engine =
                engine().job("two words", arguments -> runs.incrementAndGet()).build()) {
            try (TestEngine other = engine().job("two", arguments -> null)
                    .job("words", arguments -> null)
                    .start()) {
                broker.send(List.of(raw(envelope(1, "json", "two words"))));
                only(Place.SCHEDULED);
                engine.start();
                other.drained("default");
            }
            assertThat(runs).hasValue(1);
        }
    }

    @Test
    void aNewerVersionIsNeededByItsNumber() {
        try (TestEngine engine = engine().job("good", arguments -> null).start()) {
            broker.send(List.of(raw(envelope(7, "json", "good"))));
            only(Place.SCHEDULED);
            clock.advance(Duration.ofMinutes(61));
            broker.clockMoved();
            assertThat(only(Place.PARKED).note()).contains("v:7");
            assertThat(engine.stats("default").dead()).isZero();
        }
    }

    @Test
    void patienceIsMeasuredByTheBrokersClockHoweverWrongTheWorkersIs() {
        ManualClock ahead = new ManualClock();
        ahead.advance(Duration.ofDays(2));
        try (TestEngine engine = TestEngine.on(broker.connect())
                .clock(ahead)
                .job("good", arguments -> null)
                .start()) {
            broker.send(List.of(raw(envelope(1, "json", "late"))));
            for (int i = 0; i < 2; i++) {
                Duration delay = Duration.between(
                        clock.instant(), only(Place.SCHEDULED).job().state().notBefore());
                clock.advance(delay);
                broker.clockMoved();
                Eventually.until("it is released again", () -> broker.list("default", Place.SCHEDULED, 0, 1).stream()
                        .anyMatch(job -> job.job().state().notBefore().isAfter(clock.instant())));
            }
            assertThat(engine.stats("default").parked()).isZero();
            clock.advance(Duration.ofMinutes(61));
            broker.clockMoved();
            only(Place.PARKED);
        }
    }
}
