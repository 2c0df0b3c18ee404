package io.goose.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.BrokerUnavailableException;
import io.goose.JobCall;
import io.goose.broker.memory.MemoryBroker;
import io.goose.engine.FaultyBroker.Call;
import io.goose.engine.handler.JobInvoker;
import io.goose.spi.WorkerThreads;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The loops of a worker outlive whatever its broker does. */
@Timeout(180)
class SupervisionTest {

    private static final int FAILURES = 3;

    private final FaultyBroker broker = new FaultyBroker(MemoryBroker.withClock(InstantSource.system()));
    private final Set<Integer> ran = ConcurrentHashMap.newKeySet();
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
        return TestEngine.on(broker).job("note", arguments -> ran.add((Integer) arguments.get(0)), int.class);
    }

    private static void enqueue(TestEngine engine, int from, int to) {
        engine.client()
                .performAll(IntStream.range(from, to)
                        .mapToObj(i -> JobCall.of("note", i))
                        .toList());
    }

    /** Fails in another way each time, then no more. */
    private Runnable failing(Call call, CountDownLatch over) {
        AtomicInteger calls = new AtomicInteger();
        return () -> {
            int nth = calls.incrementAndGet();
            if (nth == FAILURES) {
                broker.heal(call);
                over.countDown();
            }
            switch (nth) {
                case 1 -> throw new BrokerUnavailableException("away", null);
                case 2 -> throw new IllegalStateException("confused");
                default -> throw new AssertionError("broken");
            }
        };
    }

    @ParameterizedTest
    @EnumSource(
            value = Call.class,
            names = {"SEND", "RETURN", "WAKE", "CLOSE_SESSION", "CRON_APPLY"},
            mode = EnumSource.Mode.EXCLUDE)
    @DisplayName("Gap 6.10, R3, #199: broker trouble in the middle of a run: loops resume, do not spin, lose nothing")
    void aCallThatFailsForAWhileIsTriedAgainAndNothingIsLost(Call call) {
        try (TestEngine engine = engine().build()) {
            if (call != Call.OPEN) {
                engine.start();
                enqueue(engine, 0, 100);
                engine.drained("default");
            }
            CountDownLatch over = new CountDownLatch(1);
            long begun = System.nanoTime();
            broker.before(call, failing(call, over));
            engine.start();
            enqueue(engine, 100, 200);
            Eventually.await(over);
            long failed = System.nanoTime() - begun;
            engine.drained("default");

            assertThat(ran).hasSize(call == Call.OPEN ? 100 : 200);
            Duration pauses = Duration.ofMillis(
                    switch (call) {
                        case RENEW, SWEEP -> 8; // the heart's pauses are part of its heartbeat, which is short here
                        case SETTLE -> 40; // a refused batch is no outage: written one by one, without a pause before
                        case AWAIT -> 90; // after a success the pauses begin with the shortest again
                        default -> 120;
                    });
            assertThat(Duration.ofNanos(failed))
                    .as("the pauses between %s failures", FAILURES)
                    .isGreaterThan(pauses);
            assertThat(engine.status().deadLoops()).isEmpty();
            // A round that finds jobs does not wait for any, and is a success between two failures.
            long outages = call == Call.AWAIT ? FAILURES : 1;
            assertThat(log.count("GOOSE-4001"))
                    .as("says that it begins, and that it is over")
                    .isBetween(1L, 2 * outages);
        }
    }

    @Test
    @DisplayName("Mechanics 7: after an outage a worker beats before others can take it for dead")
    void theHeartTriesAgainWithinAPartOfAHeartbeatHoweverLongAnOutageLasts() {
        try (TestEngine engine = engine().heartbeat(Duration.ofMillis(500)).start()) {
            broker.before(Call.RENEW, () -> {
                throw new BrokerUnavailableException("away", null);
            });
            int beats = broker.count(Call.RENEW);
            // With pauses that grow to seconds it would not get there.
            Eventually.until("it tried often", () -> broker.count(Call.RENEW) >= beats + 50);
            broker.heal(Call.RENEW);
            Eventually.until(
                    "it beats again", () -> engine.status().sinceLastBeat().toMillis() < 250);
        }
    }

    @Test
    void theLoopsOutliveAFailureThatCannotEvenBeLogged() {
        try (TestEngine engine = engine().start()) {
            AtomicBoolean once = new AtomicBoolean(true);
            CountDownLatch thrown = new CountDownLatch(1);
            broker.before(Call.LEASE, () -> {
                if (once.getAndSet(false)) {
                    thrown.countDown();
                    throw new UnprintableException();
                }
            });
            enqueue(engine, 0, 10);
            Eventually.await(thrown);
            engine.drained("default");

            assertThat(ran).hasSize(10);
            assertThat(engine.status().deadLoops()).isEmpty();
        }
    }

    private static final class UnprintableException extends RuntimeException {
        @Override
        public String getMessage() {
            throw new AssertionError("no message");
        }

        @Override
        public String toString() {
            throw new AssertionError("no text");
        }
    }

    @Test
    void anOutcomeWhoseReplyWasLostIsWrittenAgainAndTheJobDoesNotRunTwice() {
        AtomicInteger runs = new AtomicInteger();
        try (TestEngine engine = TestEngine.on(broker)
                .job("count", arguments -> runs.incrementAndGet())
                .start()) {
            AtomicBoolean once = new AtomicBoolean(true);
            broker.after(Call.SETTLE, () -> {
                if (once.getAndSet(false)) {
                    throw new BrokerUnavailableException("the reply is lost", null);
                }
            });
            engine.client().performAsync(JobCall.of("count"));
            Eventually.until("the outcome is written again", () -> broker.count(Call.SETTLE) >= 2);
            Eventually.until("nothing is unwritten", () -> engine.status().unwritten() == 0);

            assertThat(runs).hasValue(1);
            assertThat(engine.stats("default").running()).isZero();
            assertThat(engine.stats("default").dead()).isZero();
        }
    }

    @Test
    void outcomesThatCannotBeWrittenHoldTheThreadsBackAndAreAllWrittenInTheEnd() {
        try (TestEngine engine = engine().threads(4).start()) {
            CountDownLatch back = new CountDownLatch(1);
            broker.before(Call.SETTLE, () -> {
                if (back.getCount() > 0) {
                    throw new BrokerUnavailableException("away", null);
                }
            });
            enqueue(engine, 0, 2_000);
            Eventually.until("the outcomes fill up", () -> engine.status().unwritten() == 256);
            Eventually.until("all four threads wait with one more", () -> engine.threads().named("-job-").stream()
                    .allMatch(thread -> isIn(thread, "worker.Settler")));
            assertThat(ran).as("what ran and is not written is bounded").hasSizeLessThanOrEqualTo(256 + 4);

            back.countDown();
            engine.drained("default");
            assertThat(ran).hasSize(2_000);
            assertThat(engine.status().stale()).isZero();
        }
    }

    private static boolean isIn(Thread thread, String type) {
        return List.of(thread.getStackTrace()).stream()
                .anyMatch(frame -> frame.getClassName().endsWith(type));
    }

    @Test
    @DisplayName("A worker without a heart claims no more when its lease can be over, so that others get what it holds")
    void aWorkerWhoseHeartHasDiedLosesItsJobsToAnother() {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        AtomicInteger runs = new AtomicInteger();
        JobInvoker wait = arguments -> {
            if (runs.incrementAndGet() == 1) {
                begun.countDown();
                Eventually.awaitStubbornly(end);
            }
            return null;
        };
        try (TestEngine heartless = engine().job("wait", wait)
                        .threadsFrom(withoutHeart())
                        .lease(Duration.ofSeconds(10)) // in which it has begun, on whatever machine
                        .build();
                TestEngine other = engine().job("wait", wait).build()) {
            heartless.client().performAsync(JobCall.of("wait"));
            heartless.start();
            Eventually.await(begun);
            other.start();
            Eventually.until("it runs on another worker", () -> runs.get() == 2);
            other.drained("default");

            end.countDown();
            Eventually.until(
                    "the outcome of the first run is stale",
                    () -> heartless.status().stale() == 1);
            assertThat(heartless.status().deadLoops()).containsExactly("goose-main-heart");
        }
    }

    private static WorkerThreads withoutHeart() {
        TestThreads threads = new TestThreads();
        return (name, body) -> threads.newThread(name, name.endsWith("-heart") ? () -> {} : body);
    }

    @Test
    @DisplayName("Gap 6.10: a worker paused for longer than its lease is fenced: it leases nothing before a good beat")
    void aWorkerThatHasNotBeatenForALeaseLeasesNothingBeforeItHas() {
        CountDownLatch beats = new CountDownLatch(1);
        try (TestEngine engine =
                engine().threads(1).lease(Duration.ofMillis(300)).start()) {
            enqueue(engine, 0, 1);
            engine.drained("default");
            broker.before(Call.RENEW, () -> Eventually.await(beats));
            Eventually.until(
                    "the dispatcher waits for a beat",
                    () -> isIn(engine.threads().named("-dispatcher").get(0), "worker.Liveness"));
            enqueue(engine, 1, 2);
            assertThat(engine.stats("default").waiting()).isEqualTo(1);

            beats.countDown();
            engine.drained("default");
            assertThat(ran).containsExactlyInAnyOrder(0, 1);
        }
    }

    /** From the next claim that finds something on it does not beat, and has the answer only when its lease can be over. */
    private void pauseInAClaim(TestEngine engine, CountDownLatch beats) {
        AtomicBoolean once = new AtomicBoolean(true);
        broker.after(Call.LEASE, () -> {
            if (engine.stats("default").running() > 0 && once.getAndSet(false)) {
                broker.before(Call.RENEW, () -> Eventually.await(beats));
                Eventually.until(
                        "the last beat is older than the lease",
                        () -> engine.status().sinceLastBeat().toMillis() > 310);
            }
        });
    }

    @Test
    @DisplayName("Gap 6.10: a worker paused for longer than its lease is fenced: it starts nothing before a good beat")
    void aWorkerThatHasNotBeatenForALeaseStartsNothingBeforeItHas() {
        CountDownLatch beats = new CountDownLatch(1);
        try (TestEngine engine =
                engine().threads(1).lease(Duration.ofMillis(300)).start()) {
            enqueue(engine, 0, 1);
            engine.drained("default");
            pauseInAClaim(engine, beats);
            enqueue(engine, 1, 2);
            Eventually.until(
                    "the job's thread waits for a beat",
                    () -> isIn(engine.threads().named("-job-").get(0), "worker.Liveness"));
            assertThat(ran).containsExactly(0);

            beats.countDown();
            engine.drained("default");
            assertThat(ran).containsExactlyInAnyOrder(0, 1);
        }
    }

    @Test
    void aThreadThatIsInterruptedBeforeItStartsItsJobGivesTheJobBack() {
        CountDownLatch beats = new CountDownLatch(1);
        try (TestEngine engine =
                engine().threads(1).lease(Duration.ofMillis(300)).start()) {
            enqueue(engine, 0, 1);
            engine.drained("default");
            pauseInAClaim(engine, beats);
            enqueue(engine, 1, 2);
            Thread thread = engine.threads().named("-job-").get(0);
            Eventually.until("the job's thread waits for a beat", () -> isIn(thread, "worker.Liveness"));

            int settles = broker.count(Call.SETTLE);
            thread.interrupt(); // as a server does that stops
            Eventually.until("the lease is settled", () -> broker.count(Call.SETTLE) > settles);
            beats.countDown();
            engine.drained("default");
            assertThat(ran).containsExactlyInAnyOrder(0, 1);
        }
    }

    @Test
    void bufferedJobsThatCouldNotBeGivenBackAreGivenBackLater() {
        BlockingQueue<Integer> started = new LinkedBlockingQueue<>();
        CountDownLatch end = new CountDownLatch(1);
        try (TestEngine engine = engine().job("block", arguments -> {
                    started.add(0);
                    Eventually.await(end);
                    return null;
                })
                .threads(1)
                .lookahead(Duration.ofMinutes(1))
                .start()) {
            enqueue(engine, 0, 200); // so that the queue is known to be quick, and jobs are buffered
            engine.drained("default");
            AtomicBoolean once = new AtomicBoolean(true);
            broker.before(Call.RETURN, () -> {
                if (once.getAndSet(false)) {
                    throw new BrokerUnavailableException("away", null);
                }
            });
            broker.pause("default");
            engine.client().performAsync(JobCall.of("block"));
            enqueue(engine, 200, 220);
            broker.resume("default");
            Eventually.next(started);
            Eventually.until("the buffered jobs are returned twice", () -> broker.count(Call.RETURN) >= 2);
            Eventually.until(
                    "they are ready again for others",
                    () -> engine.stats("default").waiting() == 20);

            end.countDown();
            engine.drained("default");
            assertThat(ran).hasSize(220);
        }
    }
}
