package io.goose.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.goose.BrokerUnavailableException;
import io.goose.JobCall;
import io.goose.admin.Place;
import io.goose.broker.memory.MemoryBroker;
import io.goose.engine.FaultyBroker.Call;
import io.goose.spi.WorkerThreads;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How a worker ends. */
@Timeout(180)
class StopTest {

    private final MemoryBroker memory = MemoryBroker.withClock(InstantSource.system());
    private final FaultyBroker broker = new FaultyBroker(memory.connect());
    private final CountDownLatch started = new CountDownLatch(1);
    private final CountDownLatch end = new CountDownLatch(1);
    private final AtomicInteger ran = new AtomicInteger();
    private LogCapture log;

    @BeforeEach
    void listen() {
        log = LogCapture.open();
    }

    @AfterEach
    void stopListening() {
        end.countDown();
        log.close();
    }

    private TestEngine.Builder engine() {
        return TestEngine.on(broker)
                .grace(Duration.ofSeconds(50)) // which no test waits for
                .job("quick", arguments -> ran.incrementAndGet())
                .job("wait", arguments -> {
                    started.countDown();
                    end.await();
                    return ran.incrementAndGet();
                })
                .job("stubborn", arguments -> {
                    started.countDown();
                    Eventually.awaitStubbornly(end);
                    return ran.incrementAndGet();
                });
    }

    private static void ended(Thread thread) throws InterruptedException {
        thread.join(Eventually.PATIENCE.toMillis());
        assertThat(thread.isAlive()).isFalse();
    }

    @Test
    @DisplayName("graceful-shutdown-test, R6: stop returns after the running job has ended, and beats until then")
    void aStopWaitsForTheRunningJobAndBeatsMeanwhile() throws Exception {
        try (TestEngine engine = engine().threads(1).start()) {
            engine.client().performAsync(JobCall.of("wait"));
            Eventually.await(started);
            engine.client().performAsync(JobCall.of("quick"));
            Thread stop = engine.stopping();
            Eventually.until("it stops", () -> !engine.engine().workers().isRunning());
            int beats = broker.count(Call.RENEW);
            Eventually.until("it beats during the grace", () -> broker.count(Call.RENEW) >= beats + 3);
            assertThat(stop.isAlive()).isTrue();
            assertThat(ran).hasValue(0);

            end.countDown();
            ended(stop);
            assertThat(ran)
                    .as("the running job ended, the waiting one did not begin")
                    .hasValue(1);
            assertThat(memory.stats("default").waiting()).isEqualTo(1);
            assertThat(memory.stats("default").running()).isZero();
            Eventually.until("no thread is left", () -> engine.threads().alive().isEmpty());
        }
    }

    @Test
    void bufferedJobsGoBackToTheFrontWithoutAnAttempt() throws Exception {
        try (TestEngine engine =
                engine().threads(1).lookahead(Duration.ofMinutes(1)).start()) {
            for (int i = 0; i < 200; i++) {
                engine.client().performAsync(JobCall.of("quick"));
            }
            engine.drained("default");
            memory.pause("default");
            engine.client().performAsync(JobCall.of("wait"));
            for (int i = 0; i < 20; i++) {
                engine.client().performAsync(JobCall.of("quick"));
            }
            memory.resume("default");
            Eventually.await(started);
            Eventually.until(
                    "the others are buffered, or were",
                    () -> memory.stats("default").running() == 21 || broker.count(Call.RETURN) > 0);

            Thread stop = engine.stopping();
            Eventually.until("they are back", () -> memory.stats("default").waiting() == 20);
            assertThat(memory.list("default", Place.WAITING, 0, 20))
                    .allSatisfy(job -> assertThat(job.job().state().attempt()).isEqualTo(1));
            end.countDown();
            ended(stop);
            assertThat(ran).hasValue(201);
        }
    }

    @Test
    @DisplayName("R6, gap 6.10: a drain timeout interrupts and releases jobs without counting an attempt")
    void aJobInterruptedAtTheEndOfTheGraceIsReleasedWithoutAnAttempt() {
        try (TestEngine engine =
                engine().retryMax(0).grace(Duration.ofMillis(150)).start()) {
            engine.client().performAsync(JobCall.of("wait"));
            Eventually.await(started);
            Duration took = Eventually.timed(engine.engine()::stop);

            assertThat(took).isGreaterThanOrEqualTo(Duration.ofMillis(150));
            assertThat(ran).hasValue(0);
            assertThat(memory.stats("default").dead()).isZero();
            assertThat(memory.list("default", Place.WAITING, 0, 5))
                    .singleElement()
                    .satisfies(job -> {
                        assertThat(job.job().state().attempt()).isEqualTo(1);
                        assertThat(job.job().state().crashes()).isZero();
                    });
            assertThat(log.count("GOOSE-4011")).isEqualTo(1);
        }
    }

    @Test
    @DisplayName("Mechanics 23: a body that ignores its interrupt keeps its unrenewed lease and is reported")
    void aJobThatIgnoresItsInterruptDoesNotHoldUpTheStop() {
        try (TestEngine engine = engine().grace(Duration.ofMillis(50)).start()) {
            engine.client().performAsync(JobCall.of("stubborn"));
            Eventually.await(started);
            Eventually.until("it waits in its own code", () -> engine.threads().named("-job-").stream()
                    .anyMatch(
                            thread -> List.of(thread.getStackTrace()).toString().contains("awaitStubbornly")));
            engine.engine().workers().stop(); // which does not last until the job ends, for that never does

            Eventually.until(
                    "only the stubborn one is left, and the thread that reports it",
                    () -> engine.threads().alive().size() == 2);
            assertThat(engine.threads().alive())
                    .extracting(Thread::getName)
                    .satisfiesExactlyInAnyOrder(
                            name -> assertThat(name).startsWith("goose-main-job-"),
                            name -> assertThat(name).isEqualTo("goose-main-abandoned"));
            int beats = broker.count(Call.RENEW);
            assertThat(memory.stats("default").running())
                    .as("its lease is left to expire")
                    .isEqualTo(1);
            assertThat(log.messages())
                    .filteredOn(message -> message.contains("GOOSE-4007"))
                    .singleElement()
                    .asString()
                    .contains("awaitStubbornly", "goose-main-job-");
            assertThat(broker.count(Call.CLOSE_SESSION)).isEqualTo(1);

            end.countDown();
            Eventually.until(
                    "both threads end with it", () -> engine.threads().alive().isEmpty());
            assertThat(broker.count(Call.RENEW)).as("beats after the stop").isEqualTo(beats);
            assertThat(memory.stats("default").running()).isEqualTo(1);
        }
    }

    @Test
    void moreStubbornJobsThanOutcomesFitLeaveNoThreadBehindInTheEnd() {
        int many = 300;
        CountDownLatch all = new CountDownLatch(many);
        try (TestEngine engine = TestEngine.on(broker)
                .threads(many)
                .grace(Duration.ZERO)
                .job("stubborn", arguments -> {
                    all.countDown();
                    Eventually.awaitStubbornly(end);
                    return null;
                })
                .start()) {
            engine.client().performAll(java.util.Collections.nCopies(many, JobCall.of("stubborn")));
            Eventually.await(all);
            engine.engine().workers().stop();
            end.countDown();
            Eventually.until(
                    "all threads have ended", () -> engine.threads().alive().isEmpty());
        }
    }

    @Test
    @DisplayName("Container rule 15: an interrupt by the server while stopping is a release without an attempt")
    void aJobThatTheServerInterruptsWhileTheWorkerStopsIsReleased() throws Exception {
        try (TestEngine engine = engine().threads(1).retryMax(0).start()) {
            engine.client().performAsync(JobCall.of("wait"));
            Eventually.await(started);
            Thread stop = engine.stopping();
            Eventually.until("it stops", () -> !engine.engine().workers().isRunning());
            Eventually.until(
                    "it drains",
                    () -> !engine.engine().status().isEmpty()
                            && !engine.status().running());

            engine.threads().named("-job-").get(0).interrupt();
            ended(stop);
            assertThat(memory.stats("default").dead()).isZero();
            assertThat(memory.list("default", Place.WAITING, 0, 5))
                    .singleElement()
                    .satisfies(job -> assertThat(job.job().state().attempt()).isEqualTo(1));
        }
    }

    @Test
    void aJobFromWhichTheServerTookThingsAwayWhileStoppingIsReleased() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        try (TestEngine engine = TestEngine.on(broker)
                .threads(1)
                .retryMax(0)
                .job("look-up", arguments -> {
                    started.countDown();
                    Eventually.await(go);
                    throw new IllegalStateException("wrapped", new javax.naming.NameNotFoundException("java:comp"));
                })
                .start()) {
            engine.client().performAsync(JobCall.of("look-up"));
            Eventually.await(started);
            Thread stop = engine.stopping();
            Eventually.until(
                    "it drains",
                    () -> !engine.engine().workers().isRunning()
                            && !engine.status().running());
            go.countDown();
            ended(stop);
            assertThat(memory.stats("default").dead()).isZero();
            assertThat(memory.stats("default").waiting()).isEqualTo(1);
        }
    }

    @Test
    void outcomesAreWrittenBeforeTheStopReturns() {
        try (TestEngine engine = engine().threads(4).build()) {
            for (int i = 0; i < 1_000; i++) {
                engine.client().performAsync(JobCall.of("quick"));
            }
            engine.start();
            Eventually.until("some ran", () -> ran.get() > 50);
            engine.engine().workers().stop();

            assertThat(memory.stats("default").running()).isZero();
            assertThat(memory.stats("default").waiting()).isEqualTo(1_000 - ran.get());
        }
    }

    @Test
    void whatALeaseThatIsUnderWayBringsIsGivenBackThoughTheBrokerFalters() throws Exception {
        CountDownLatch leased = new CountDownLatch(1);
        CountDownLatch answered = new CountDownLatch(1);
        broker.after(Call.LEASE, () -> {
            leased.countDown();
            Eventually.await(answered);
        });
        AtomicInteger refusals = new AtomicInteger(2);
        broker.before(Call.RETURN, () -> {
            if (refusals.getAndDecrement() > 0) {
                throw new BrokerUnavailableException("away", null);
            }
        });
        try (TestEngine engine = engine().build()) {
            for (int i = 0; i < 5; i++) {
                engine.client().performAsync(JobCall.of("quick"));
            }
            engine.start();
            Eventually.await(leased);
            Thread stop = engine.stopping();
            Eventually.until("it waits", () -> stop.getState() == Thread.State.TIMED_WAITING);
            assertThat(broker.count(Call.CLOSE_SESSION)).isZero();
            answered.countDown();
            ended(stop);

            assertThat(ran).hasValue(0);
            assertThat(memory.stats("default").running()).isZero();
            assertThat(memory.stats("default").waiting()).isEqualTo(5);
        }
    }

    @Test
    void aStopWhileTheBrokerIsAwayEndsInItsBudgetWithoutSpinningAndSaysHowManyRunAgain() {
        try (TestEngine engine = engine().threads(2).start()) {
            AtomicBoolean away = new AtomicBoolean();
            for (Call call : List.of(Call.LEASE, Call.SETTLE, Call.RENEW, Call.SWEEP, Call.RETURN)) {
                broker.before(call, () -> {
                    if (away.get()) {
                        throw new BrokerUnavailableException("away", null);
                    }
                });
            }
            engine.client().performAsync(JobCall.of("wait"));
            Eventually.await(started);
            away.set(true);
            end.countDown();
            Eventually.until("the outcome is decided", () -> engine.status().unwritten() == 1);
            int settles = broker.count(Call.SETTLE);
            int beats = broker.count(Call.RENEW);
            Duration took = Eventually.timed(engine.engine().workers()::stop);

            assertThat(took).isBetween(Duration.ofMillis(4_500), Duration.ofSeconds(40));
            assertThat(log.messages())
                    .filteredOn(message -> message.contains("GOOSE-4012"))
                    .singleElement()
                    .asString()
                    .contains("outcomes of 1 jobs");
            assertThat(broker.count(Call.SETTLE) - settles)
                    .as("tries to write within 5 s")
                    .isLessThan(300);
            assertThat(broker.count(Call.RENEW) - beats).as("tries to beat").isLessThan(300);
            Eventually.until("no thread is left", () -> engine.threads().alive().isEmpty());
        }
    }

    @Test
    void aStopWhileTheBrokerWasNeverThereIsQuick() {
        broker.before(Call.OPEN, () -> {
            throw new BrokerUnavailableException("never there", null);
        });
        try (TestEngine engine = engine().heartbeat(Duration.ofSeconds(50))
                .grace(Duration.ofSeconds(50))
                .start()) {
            Eventually.until("it tried", () -> broker.count(Call.OPEN) > 0);
            assertThat(Eventually.timed(engine.engine()::stop))
                    .as("of 50 s of grace")
                    .isLessThan(Duration.ofSeconds(40));
            Eventually.until("no thread is left", () -> engine.threads().alive().isEmpty());
        }
    }

    @Test
    void aSessionThatIsOpenedDuringAHurriedStopIsClosedAndLeasesNothing() throws Exception {
        CountDownLatch opening = new CountDownLatch(1);
        CountDownLatch open = new CountDownLatch(1);
        broker.after(Call.OPEN, () -> {
            opening.countDown();
            Eventually.awaitStubbornly(open);
        });
        try (TestEngine engine = engine().heartbeat(Duration.ofSeconds(5)).start()) {
            engine.client().performAsync(JobCall.of("quick"));
            Eventually.await(opening);
            Thread stop = engine.stopping();
            stop.interrupt(); // it does not wait for the call that is under way
            ended(stop);
            assertThat(broker.count(Call.CLOSE_SESSION)).isZero();
            open.countDown();
            Eventually.until("no thread is left", () -> engine.threads().alive().isEmpty());

            assertThat(broker.count(Call.LEASE)).isZero();
            assertThat(broker.count(Call.CLOSE_SESSION)).isEqualTo(1);
            assertThat(memory.stats("default").waiting()).isEqualTo(1);
        }
    }

    @Test
    void jobsThatAreLeasedAtTheLastMomentAreGivenBack() throws Exception {
        CountDownLatch leased = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        AtomicBoolean armed = new AtomicBoolean();
        try (TestEngine engine = engine().start()) {
            broker.after(Call.LEASE, () -> {
                if (armed.get() && memory.stats("default").running() > 0) {
                    leased.countDown();
                    Eventually.awaitStubbornly(goOn);
                }
            });
            armed.set(true);
            engine.client().performAsync(JobCall.of("quick"));
            Eventually.await(leased);
            Thread stop = engine.stopping();
            Eventually.until("it stops", () -> !engine.engine().workers().isRunning());
            Eventually.until("the jobs' threads have gone", () -> engine.threads().named("-job-").stream()
                    .noneMatch(Thread::isAlive));
            goOn.countDown();
            ended(stop);

            assertThat(ran).hasValue(0);
            assertThat(memory.stats("default").running()).isZero();
            assertThat(memory.stats("default").waiting()).isEqualTo(1);
        }
    }

    @Test
    void aBrokerThatThrowsOddThingsDoesNotKeepTheWorkersFromStopping() {
        try (TestEngine engine = engine().start()) {
            Eventually.until("it is open", () -> broker.count(Call.AWAIT) > 0);
            broker.before(Call.CLOSE_SESSION, () -> {
                throw new IllegalStateException("confused");
            });
            engine.engine().workers().stop();
            assertThat(engine.engine().workers().isRunning()).isFalse();
            Eventually.until("no thread is left", () -> engine.threads().alive().isEmpty());
        }
    }

    @Test
    void startingAndStoppingTwiceDoNothingMore() {
        try (TestEngine engine = engine().build()) {
            engine.engine().workers().stop();
            engine.start();
            engine.start();
            assertThat(engine.threads().all()).hasSize(2 + 4);
            engine.engine().workers().stop();
            engine.engine().workers().stop();
            assertThat(engine.engine().workers().isRunning()).isFalse();
            assertThat(engine.engine().status()).isEmpty();

            engine.start(); // the workers may be started anew
            engine.client().performAsync(JobCall.of("quick"));
            Eventually.until("they run", () -> ran.get() == 1);
            engine.engine().stop();
            engine.engine().stop();
            assertThatThrownBy(engine.engine().workers()::start)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("GOOSE-4014");
        }
    }

    @Test
    void anEngineThatIsStoppedBeforeItWasStartedClosesItsBrokersOnly() {
        try (TestEngine engine = engine().build()) {
            engine.engine().stop();
            assertThat(engine.threads().all()).isEmpty();
            assertThatThrownBy(broker::check).isInstanceOf(BrokerUnavailableException.class);
        }
    }

    @Test
    void nobodyWhoAsksHowItGoesWaitsForTheEndOfAStop() throws Exception {
        try (TestEngine engine = engine().start()) {
            engine.client().performAsync(JobCall.of("wait"));
            Eventually.await(started);
            Thread stop = engine.stopping();
            Eventually.until("it stops", () -> !engine.engine().workers().isRunning());
            Eventually.until("the worker says so", () -> !engine.status().running());
            assertThat(engine.status().outstanding()).isEqualTo(1);
            assertThat(stop.isAlive()).isTrue();
            end.countDown();
            ended(stop);
        }
    }

    @Test
    void aServerThatMakesNoMoreThreadsLeavesNoneHalfStarted() {
        TestThreads threads = new TestThreads();
        AtomicInteger left = new AtomicInteger(3);
        WorkerThreads running = (name, body) -> {
            if (left.decrementAndGet() < 0) {
                throw new RejectedExecutionException("the server is stopping");
            }
            return threads.newThread(name, body);
        };
        try (TestEngine engine = engine().threadsFrom(running).build()) {
            Duration took = Eventually.timed(
                    () -> assertThatThrownBy(engine::start).isInstanceOf(RejectedExecutionException.class));
            assertThat(took).as("of the 50 s of the grace").isLessThan(Duration.ofSeconds(40));
            assertThat(engine.engine().workers().isRunning()).isFalse();
            Eventually.until("no thread is left", () -> threads.alive().isEmpty());
        }
    }

    @Test
    @DisplayName("Container rule 15: the grace is one deadline for all workers that stop together")
    void workersThatStopTogetherShareOneGrace() {
        MemoryBroker second = MemoryBroker.withClock(InstantSource.system());
        CountDownLatch both = new CountDownLatch(2);
        List<Long> interrupted = new CopyOnWriteArrayList<>();
        TestEngine.Builder builder = TestEngine.on(broker)
                .grace(Duration.ofSeconds(5))
                .otherWorker("second", second)
                .job("wait", arguments -> {
                    both.countDown();
                    try {
                        end.await();
                    } finally {
                        interrupted.add(System.nanoTime());
                    }
                    return null;
                });
        try (TestEngine engine = builder.start()) {
            engine.client().performAsync(JobCall.of("wait"));
            engine.client().via("second").performAsync(JobCall.of("wait"));
            Eventually.await(both);
            Duration took = Eventually.timed(engine.engine().workers()::stop);

            assertThat(took).isGreaterThan(Duration.ofMillis(4_990));
            assertThat(interrupted).hasSize(2);
            assertThat(Duration.ofNanos(interrupted.get(1) - interrupted.get(0)).abs())
                    .as("one grace, not one after the other")
                    .isLessThan(Duration.ofMillis(4_900));
            assertThat(memory.stats("default").waiting()).isEqualTo(1);
            assertThat(second.stats("default").waiting()).isEqualTo(1);
        }
    }

    @Test
    void anInterruptedStopEndsTheGraceAndNothingElse() throws Exception {
        AtomicBoolean flag = new AtomicBoolean();
        try (TestEngine engine =
                engine().retryMax(0).grace(Duration.ofMinutes(5)).start()) {
            engine.client().performAsync(JobCall.of("wait"));
            Eventually.await(started);
            Thread stop = new Thread(() -> {
                engine.engine().workers().stop();
                flag.set(Thread.currentThread().isInterrupted());
            });
            stop.setDaemon(true);
            stop.start();
            Eventually.until("it stops", () -> !engine.engine().workers().isRunning());
            Eventually.until("it waits", () -> stop.getState() == Thread.State.TIMED_WAITING);

            stop.interrupt();
            ended(stop);
            assertThat(flag).as("the flag is set again").isTrue();
            assertThat(log.count("GOOSE-4009")).isEqualTo(1);
            assertThat(log.count("GOOSE-4011")).as("runs are interrupted").isEqualTo(1);
            assertThat(memory.stats("default").running()).isZero();
            assertThat(memory.list("default", Place.WAITING, 0, 5))
                    .as("its outcome was written")
                    .singleElement()
                    .satisfies(job -> assertThat(job.job().state().attempt()).isEqualTo(1));
            assertThat(broker.count(Call.CLOSE_SESSION)).isEqualTo(1);
            Eventually.until("no thread is left", () -> engine.threads().alive().isEmpty());
        }
    }

    @Test
    void aStopOnAnInterruptedThreadReportsWhatIgnoresItsInterruptAndWritesTheRest() throws Exception {
        try (TestEngine engine =
                engine().threads(2).grace(Duration.ofMinutes(5)).start()) {
            engine.client().performAsync(JobCall.of("stubborn"));
            Eventually.await(started);
            engine.client().performAsync(JobCall.of("quick"));
            Eventually.until("the quick one ran", () -> ran.get() == 1);
            Thread stop = new Thread(() -> {
                Thread.currentThread().interrupt();
                engine.engine().workers().stop();
            });
            stop.start();
            ended(stop);

            assertThat(log.count("GOOSE-4007")).isEqualTo(1);
            assertThat(memory.stats("default").running()).as("the stubborn one").isEqualTo(1);
            assertThat(memory.stats("default").waiting()).isZero();
        }
    }

    @Test
    void eachStepOfAStopIsTakenWithAllWorkersBeforeTheNext() {
        MemoryBroker second = MemoryBroker.withClock(InstantSource.system());
        CountDownLatch both = new CountDownLatch(2);
        CountDownLatch secondIsInterrupted = new CountDownLatch(1);
        TestEngine.Builder builder = TestEngine.on(broker)
                .grace(Duration.ofMillis(50))
                .otherWorker("second", second)
                .job("first", arguments -> {
                    both.countDown();
                    Eventually.awaitStubbornly(secondIsInterrupted); // which comes before anybody is given up
                    return null;
                })
                .job("second", arguments -> {
                    both.countDown();
                    try {
                        end.await();
                    } finally {
                        secondIsInterrupted.countDown();
                    }
                    return null;
                });
        try (TestEngine engine = builder.start()) {
            engine.client().performAsync(JobCall.of("first"));
            engine.client().via("second").performAsync(JobCall.of("second"));
            Eventually.await(both);
            engine.engine().workers().stop();

            assertThat(log.count("GOOSE-4011")).isEqualTo(2);
            assertThat(log.count("GOOSE-4007")).isZero();
            assertThat(memory.stats("default").running()).isZero();
            assertThat(second.stats("default").waiting()).isEqualTo(1);
        }
    }

    @Test
    void outcomesOfAllWorkersHaveOneBudget() {
        TestEngine.Builder builder = engine();
        List<String> others = List.of("second", "third", "fourth", "fifth", "sixth");
        List<FaultyBroker> brokers = new ArrayList<>(List.of(broker));
        for (String other : others) {
            FaultyBroker far = new FaultyBroker(MemoryBroker.withClock(InstantSource.system()));
            builder.otherWorker(other, far);
            brokers.add(far);
        }
        for (FaultyBroker each : brokers) {
            each.before(Call.SETTLE, () -> {
                throw new BrokerUnavailableException("away", null);
            });
        }
        try (TestEngine engine = builder.start()) {
            engine.client().performAsync(JobCall.of("quick"));
            others.forEach(other -> engine.client().via(other).performAsync(JobCall.of("quick")));
            Eventually.until("all ran", () -> ran.get() == brokers.size());
            Duration took = Eventually.timed(engine.engine().workers()::stop);

            assertThat(took).as("5 s for all, not for each").isLessThan(Duration.ofSeconds(28));
            assertThat(log.count("GOOSE-4012")).isEqualTo(brokers.size());
        }
    }

    @Test
    void aJobCannotStopItsOwnWorkers() {
        AtomicReference<TestEngine> self = new AtomicReference<>();
        List<Throwable> refused = new CopyOnWriteArrayList<>();
        TestEngine.Builder builder = TestEngine.on(broker).job("stop-itself", arguments -> {
            for (Runnable stop : List.<Runnable>of(
                    self.get().engine().workers()::stop, self.get().engine()::stop)) {
                try {
                    stop.run();
                } catch (IllegalStateException expected) {
                    refused.add(expected);
                }
            }
            return ran.incrementAndGet();
        });
        try (TestEngine engine = builder.build()) {
            self.set(engine);
            engine.start();
            engine.client().performAsync(JobCall.of("stop-itself"));
            engine.drained("default");
            assertThat(refused).hasSize(2).allSatisfy(each -> assertThat(each).hasMessageContaining("GOOSE-4019"));
            assertThat(engine.engine().workers().isRunning()).isTrue();
            engine.client().performAsync(JobCall.of("stop-itself"));
            engine.drained("default");
            assertThat(ran).as("the workers and the broker go on").hasValue(2);
        }
    }
}
