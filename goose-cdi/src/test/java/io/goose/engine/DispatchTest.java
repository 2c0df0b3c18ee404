package io.goose.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.JobCall;
import io.goose.JobOptions;
import io.goose.admin.Place;
import io.goose.broker.memory.MemoryBroker;
import io.goose.engine.FaultyBroker.Call;
import io.goose.engine.worker.WorkerSettings;
import io.goose.spi.Lease;
import io.goose.spi.Session;
import io.goose.spi.SessionSpec;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which jobs a worker leases, when and how many. */
@Timeout(180)
class DispatchTest {

    private final MemoryBroker memory = MemoryBroker.withClock(InstantSource.system());
    private final FaultyBroker broker = new FaultyBroker(memory);
    private LogCapture log;

    @BeforeEach
    void listen() {
        log = LogCapture.open();
    }

    @AfterEach
    void stopListening() {
        log.close();
    }

    private static void enqueue(TestEngine engine, String queue, String handler, int count) {
        engine.client()
                .with(JobOptions.builder().queue(queue).build())
                .performAll(Collections.nCopies(count, JobCall.of(handler)));
    }

    @Test
    @DisplayName("Gap 6.10, parallelism (#62): 5 threads run 5 jobs at the same time")
    void fiveThreadsRunFiveJobsAtTheSameTime() {
        CyclicBarrier together = new CyclicBarrier(5);
        AtomicInteger met = new AtomicInteger();
        try (TestEngine engine = TestEngine.on(broker)
                .threads(5)
                .job("meet", arguments -> {
                    together.await();
                    return met.incrementAndGet();
                })
                .start()) {
            enqueue(engine, "default", "meet", 50);
            engine.drained("default");
            assertThat(met).as("jobs that met four others").hasValue(50);
        }
    }

    @Test
    void aQuickQueueThatIsEmptyDoesNotDelayASlowOne() {
        AtomicInteger slow = new AtomicInteger();
        try (TestEngine engine = TestEngine.on(broker)
                .queues("quick", "slow")
                .threads(1)
                .job("quick", arguments -> null)
                .job("slow", arguments -> {
                    LockSupport.parkNanos(25_000_000);
                    return slow.incrementAndGet();
                })
                .start()) {
            enqueue(engine, "quick", "quick", 200); // so that its jobs are known to be quick
            engine.drained("quick");

            // Whoever waits for a time instead of being woken waits for longer than the test does.
            broker.awaitAtLeast(Eventually.PATIENCE.multipliedBy(2));
            enqueue(engine, "slow", "slow", 12);
            engine.drained("slow");

            assertThat(slow).hasValue(12);
        }
    }

    @Test
    void aStrictlyFirstQueueIsNotStarvedByTheBufferOfALaterOne() {
        AtomicInteger low = new AtomicInteger();
        AtomicInteger lowWhenHighRan = new AtomicInteger(-1);
        CountDownLatch ask = new CountDownLatch(1);
        CountDownLatch come = new CountDownLatch(1);
        Map<String, Integer> queues = new LinkedHashMap<>();
        queues.put("high", 1);
        queues.put("low", 1);
        try (TestEngine engine = TestEngine.on(broker)
                .queues(queues, WorkerSettings.Order.STRICT)
                .threads(2)
                .job("high", arguments -> {
                    lowWhenHighRan.set(low.get());
                    return null;
                })
                .job("low", arguments -> {
                    if (low.incrementAndGet() >= 2_000) { // no thread goes on before the first queue has something
                        ask.countDown();
                        Eventually.await(come);
                    }
                    return null;
                })
                .build()) {
            enqueue(engine, "low", "low", 20_000);
            engine.start();
            Eventually.await(ask);
            enqueue(engine, "high", "high", 1);
            come.countDown();
            engine.drained("high", "low");

            assertThat(low).hasValue(20_000);
            assertThat(lowWhenHighRan.get())
                    .as("jobs of the later queue that ran before the one of the first, which came after 2 000 of them")
                    .isBetween(2_000, 8_000);
        }
    }

    @Test
    void aSlowQueueIsNotStarvedByTheBufferOfAQuickOne() {
        AtomicInteger slow = new AtomicInteger();
        AtomicBoolean backlog = new AtomicBoolean(true);
        AtomicReference<TestEngine> self = new AtomicReference<>();
        try (TestEngine engine = TestEngine.on(broker)
                .queues("quick", "slow")
                .threads(2)
                .job("quick", arguments -> {
                    if (backlog.get()) { // it has no end of its own, however fast the machine is
                        enqueue(self.get(), "quick", "quick", 1);
                    }
                    return null;
                })
                .job("slow", arguments -> {
                    LockSupport.parkNanos(25_000_000);
                    return slow.incrementAndGet();
                })
                .build()) {
            self.set(engine);
            enqueue(engine, "quick", "quick", 4_000);
            enqueue(engine, "slow", "slow", 4);
            engine.start();
            Eventually.until("the slow ones ran while the backlog of quick ones lasts", () -> slow.get() == 4);
            assertThat(engine.stats("quick").waiting()).as("the backlog").isGreaterThan(1_000);

            backlog.set(false);
            engine.drained("quick", "slow");
        }
    }

    @Test
    @DisplayName("Mechanics 5: buffered jobs that are not started within a second go to others")
    void bufferedJobsThatAreNotStartedInTimeGoToAnotherWorker() {
        Set<String> ranOn = ConcurrentHashMap.newKeySet();
        CountDownLatch blocked = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        AtomicInteger ran = new AtomicInteger();
        TestEngine.Builder first = TestEngine.on(broker)
                .threads(1)
                .lookahead(Duration.ofMinutes(1))
                .job("quick", arguments -> ran.incrementAndGet())
                .job("block", arguments -> {
                    blocked.countDown();
                    Eventually.await(end);
                    return null;
                });
        try (TestEngine busy = first.start();
                TestEngine idle = TestEngine.on(memory.connect())
                        .threads(1)
                        .job("quick", arguments -> {
                            ran.incrementAndGet();
                            return ranOn.add("idle");
                        })
                        .build()) {
            enqueue(busy, "default", "quick", 200);
            busy.drained("default");
            memory.pause("default");
            enqueue(busy, "default", "block", 1);
            enqueue(busy, "default", "quick", 20);
            memory.resume("default");
            Eventually.await(blocked);
            Eventually.until(
                    "the quick jobs are buffered, or were",
                    () -> busy.stats("default").running() == 21 || broker.count(Call.RETURN) > 0);
            idle.start();

            Eventually.until("the quick jobs ran elsewhere", () -> ran.get() == 220);
            assertThat(ranOn).containsExactly("idle");
            assertThat(broker.count(Call.RETURN)).as("given back once").isEqualTo(1);
            end.countDown();
            busy.drained("default");
        }
    }

    @Test
    @DisplayName("Mechanics 5: a queue whose jobs are slow has no buffer")
    void jobsOfASlowQueueAreLeasedForFreeThreadsOnly() {
        CountDownLatch end = new CountDownLatch(1);
        CountDownLatch running = new CountDownLatch(3);
        try (TestEngine engine = TestEngine.on(broker)
                .threads(3)
                .job("slow", arguments -> {
                    running.countDown();
                    Eventually.await(end);
                    return null;
                })
                .start()) {
            enqueue(engine, "default", "slow", 50);
            Eventually.await(running);
            assertThat(engine.stats("default").running()).isEqualTo(3);
            assertThat(engine.stats("default").waiting()).isEqualTo(47);
            assertThat(engine.status().outstanding()).isEqualTo(3);
            end.countDown();
            engine.drained("default");
        }
    }

    @Test
    void aPausedQueueRunsNothingUntilItIsResumedAndOthersGoOn() {
        List<String> order = Collections.synchronizedList(new java.util.ArrayList<>());
        try (TestEngine engine = TestEngine.on(broker)
                .queues("a", "b")
                .job("a", arguments -> order.add("a"))
                .job("b", arguments -> order.add("b"))
                .start()) {
            engine.engine().admin("main").pause("a");
            enqueue(engine, "a", "a", 3);
            enqueue(engine, "b", "b", 3);
            engine.drained("b");
            assertThat(order).containsExactly("b", "b", "b");
            assertThat(engine.stats("a").waiting()).isEqualTo(3);
            assertThat(engine.stats("a").paused()).isTrue();

            engine.engine().admin("main").resume("a");
            engine.drained("a");
            assertThat(order).containsExactly("b", "b", "b", "a", "a", "a");
        }
    }

    @Test
    void asWeightedQueuesGoTheHeavierRunsMoreOften() {
        List<String> order = Collections.synchronizedList(new java.util.ArrayList<>());
        Map<String, Integer> weights = new LinkedHashMap<>();
        weights.put("critical", 5);
        weights.put("default", 2);
        weights.put("low", 1);
        try (TestEngine engine = TestEngine.on(broker)
                .queues(weights, WorkerSettings.Order.WEIGHTED)
                .threads(1)
                .lookahead(Duration.ZERO)
                .job("critical", arguments -> order.add("critical"))
                .job("default", arguments -> order.add("default"))
                .job("low", arguments -> order.add("low"))
                .build()) {
            weights.keySet().forEach(queue -> enqueue(engine, queue, queue, 100));
            engine.start();
            engine.drained("critical", "default", "low");

            List<String> first80 = order.subList(0, 80);
            assertThat(Collections.frequency(first80, "critical")).isBetween(48, 52);
            assertThat(Collections.frequency(first80, "default")).isBetween(18, 22);
            assertThat(Collections.frequency(first80, "low")).isBetween(8, 12);
            assertThat(order).hasSize(300);
        }
    }

    @Test
    void aStrictOrderRunsAQueueOnlyWhenThoseBeforeItAreEmpty() {
        List<String> order = Collections.synchronizedList(new java.util.ArrayList<>());
        Map<String, Integer> queues = new LinkedHashMap<>();
        queues.put("first", 1);
        queues.put("second", 9);
        try (TestEngine engine = TestEngine.on(broker)
                .queues(queues, WorkerSettings.Order.STRICT)
                .threads(1)
                .lookahead(Duration.ZERO)
                .job("first", arguments -> order.add("first"))
                .job("second", arguments -> order.add("second"))
                .build()) {
            enqueue(engine, "second", "second", 20);
            enqueue(engine, "first", "first", 20);
            engine.start();
            engine.drained("first", "second");

            assertThat(order.subList(0, 20)).containsOnly("first");
            assertThat(order.subList(20, 40)).containsOnly("second");
        }
    }

    @Test
    void aSuspendedServerLeasesNothing() {
        AtomicBoolean may = new AtomicBoolean();
        AtomicInteger asked = new AtomicInteger();
        AtomicInteger ran = new AtomicInteger();
        try (TestEngine engine = TestEngine.on(broker)
                .mayLease(() -> {
                    asked.incrementAndGet();
                    return may.get();
                })
                .job("quick", arguments -> ran.incrementAndGet())
                .start()) {
            enqueue(engine, "default", "quick", 5);
            Eventually.until("the worker asked again whether it may", () -> asked.get() >= 3);
            assertThat(broker.count(Call.LEASE)).isZero();

            may.set(true);
            engine.drained("default");
            assertThat(ran).hasValue(5);
        }
    }

    @Test
    @DisplayName("Mechanics 6: a suspect is started at once or not leased")
    void aSuspectIsNeverBuffered() {
        CountDownLatch blocked = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        AtomicBoolean may = new AtomicBoolean(true);
        AtomicInteger asked = new AtomicInteger();
        AtomicInteger ran = new AtomicInteger();
        try (TestEngine engine = TestEngine.on(broker)
                .threads(1)
                .lookahead(Duration.ofMinutes(1))
                .mayLease(() -> {
                    asked.incrementAndGet();
                    return may.get();
                })
                .job("quick", arguments -> ran.incrementAndGet())
                .job("block", arguments -> {
                    blocked.countDown();
                    Eventually.await(end);
                    return null;
                })
                .start()) {
            enqueue(engine, "default", "quick", 200); // so that its jobs are known to be quick
            engine.drained("default");
            enqueue(engine, "default", "block", 1);
            Eventually.await(blocked);
            may.set(false);
            int before = asked.get();
            Eventually.until("no lease is under way", () -> asked.get() >= before + 2);
            enqueue(engine, "default", "quick", 1);
            Session dying = memory.connect()
                    .open(new SessionSpec(
                            List.of("default"),
                            1,
                            1,
                            Set.of(),
                            Duration.ofMillis(20),
                            Duration.ofMillis(5),
                            "a worker that dies"));
            assertThat(dying.lease("default", 1, 1 << 20).leases()).hasSize(1);
            Eventually.until("its job is a suspect", () -> suspects() == 1);

            enqueue(engine, "default", "quick", 5);
            may.set(true);
            int rounds = asked.get();
            Eventually.until("the dispatcher had its chances", () -> asked.get() >= rounds + 3);
            assertThat(engine.status().outstanding()).as("no thread is free").isGreaterThan(0);
            assertThat(suspects()).as("it waits for a thread").isEqualTo(1);

            end.countDown();
            engine.drained("default");
            assertThat(ran).hasValue(206);
        }
    }

    @Test
    @DisplayName("Mechanics 6: suspects do not wait for the end of a backlog of quick jobs")
    void suspectsRunWhileABacklogOfQuickJobsLasts() {
        int crashed = 40; // so many that one a second would be too few
        AtomicBoolean backlog = new AtomicBoolean(true);
        AtomicInteger ran = new AtomicInteger();
        AtomicReference<TestEngine> self = new AtomicReference<>();
        try (TestEngine engine = TestEngine.on(broker)
                .threads(2)
                .lookahead(Duration.ofMillis(100)) // the dispatcher is always well ahead of the threads
                .job("quick", arguments -> {
                    LockSupport.parkNanos(1_000_000);
                    if (backlog.get()) {
                        self.get().client().performAsync(JobCall.of("quick"));
                    }
                    return ran.incrementAndGet();
                })
                .build()) {
            self.set(engine);
            enqueue(engine, "default", "quick", 2_000);
            engine.start();
            Eventually.until(
                    "the jobs are known to be quick", () -> engine.status().outstanding() > 4);
            Session dying = memory.connect()
                    .open(new SessionSpec(
                            List.of("default"),
                            crashed,
                            crashed,
                            Set.of(),
                            Duration.ofMillis(20),
                            Duration.ofMillis(5),
                            "a worker that dies"));
            List<Lease> theirs = dying.lease("default", crashed, 1 << 20).leases();
            assertThat(theirs).hasSize(crashed);

            Eventually.until("all of its jobs ran", () -> theirs.stream()
                    .allMatch(lease -> memory.find("default", lease.job().id()).isEmpty()));
            assertThat(engine.stats("default").waiting()).as("the backlog").isGreaterThan(1_000);
            backlog.set(false);
            engine.drained("default");
        }
    }

    @Test
    @DisplayName("Mechanics 6: the next suspect is leased when the one before has ended, not when a wait is over")
    void suspectsFollowEachOther_withoutWaiting() {
        int crashed = 40;
        AtomicInteger ran = new AtomicInteger();
        try (TestEngine engine = TestEngine.on(broker)
                .threads(2)
                .job("quick", arguments -> ran.incrementAndGet())
                .build()) {
            enqueue(engine, "default", "quick", crashed);
            Session dying = memory.connect()
                    .open(new SessionSpec(
                            List.of("default"),
                            crashed,
                            crashed,
                            Set.of(),
                            Duration.ofMillis(20),
                            Duration.ofMillis(5),
                            "a worker that dies"));
            assertThat(dying.lease("default", crashed, 1 << 20).leases()).hasSize(crashed);
            engine.start();
            Eventually.until("the jobs of the dead are found", () -> suspects() > 0 || ran.get() > 0);

            // Whoever waits for a time instead of being woken waits for longer than the test does.
            broker.awaitAtLeast(Eventually.PATIENCE.multipliedBy(2));
            engine.drained("default");

            assertThat(ran).hasValue(crashed);
        }
    }

    private long suspects() {
        return memory.list("default", Place.WAITING, 0, 10).stream()
                .filter(job -> job.job().state().crashes() > 0)
                .count();
    }
}
