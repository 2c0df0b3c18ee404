package io.goose.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.BrokerUnavailableException;
import io.goose.GooseHealth;
import io.goose.GooseHealth.Phase;
import io.goose.JobCall;
import io.goose.broker.memory.MemoryBroker;
import io.goose.engine.FaultyBroker.Call;
import io.goose.spi.WorkerThreads;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What an engine says of itself as its broker, its loops and its life change. */
@Timeout(180)
class HealthTest {

    private static final Duration LEASE = Duration.ofMillis(300);

    private final FaultyBroker broker = new FaultyBroker(MemoryBroker.withClock(InstantSource.system()));

    private TestEngine.Builder engine() {
        return TestEngine.on(broker).lease(LEASE);
    }

    private static GooseHealth.OfBroker main(TestEngine engine) {
        return engine.engine().health().brokers().get("main");
    }

    private static void away() {
        throw new BrokerUnavailableException("away", null);
    }

    private void takeAway(Call... calls) {
        for (Call call : calls) {
            broker.before(call, HealthTest::away);
        }
    }

    @Test
    void startedWithoutABroker_itIsLiveAndReadyButNotStartedUntilItHasReachedIt() {
        takeAway(Call.OPEN);
        try (LogCapture log = LogCapture.open();
                TestEngine engine = engine().build()) {
            assertThat(engine.engine().health().isStarted())
                    .as("before the start")
                    .isFalse();
            engine.start();
            Eventually.until("it has tried", () -> broker.count(Call.OPEN) > 1);
            GooseHealth health = engine.engine().health();
            assertThat(health.phase()).isEqualTo(Phase.RUNNING);
            assertThat(health.isStarted()).isFalse();
            assertThat(health.isReady()).isTrue();
            assertThat(health.isLive()).isTrue();
            assertThat(main(engine).connected()).isFalse();
            assertThat(main(engine).connectedOnce()).isFalse();
            assertThat(health.isReady(Duration.ZERO)).as("outages count").isFalse();
            assertThat(log.count("GOOSE-4001")).isEqualTo(1);

            broker.heal(Call.OPEN);
            Eventually.until("it is there", () -> engine.engine().health().isStarted());
            Eventually.until("it is connected", () -> main(engine).connected());
        }
    }

    @Test
    void anOutage_isSeenInTheData_andCountsOnlyWhereThatIsAskedFor() {
        try (LogCapture log = LogCapture.open();
                TestEngine engine = engine().start()) {
            Eventually.until("it is connected", () -> main(engine).connected());
            takeAway(Call.RENEW, Call.LEASE, Call.AWAIT);
            Eventually.until("the outage is seen", () -> !main(engine).connected());
            GooseHealth health = engine.engine().health();
            assertThat(main(engine).sinceLastBeat()).isGreaterThanOrEqualTo(LEASE);
            assertThat(main(engine).lag()).isPositive();
            assertThat(health.isLive()).isTrue();
            assertThat(health.isStarted()).as("it has been there once").isTrue();
            assertThat(health.isReady()).isTrue();
            assertThat(health.isReady(Duration.ofHours(1))).isTrue();
            assertThat(health.isReady(LEASE)).isFalse();
            assertThat(log.count("GOOSE-4001")).as("said, not repeated").isLessThan(5);

            List.of(Call.RENEW, Call.LEASE, Call.AWAIT).forEach(broker::heal);
            Eventually.until("the broker is back", () -> main(engine).connected());
            assertThat(engine.engine().health().isReady(Duration.ofMinutes(1))).isTrue();
        }
    }

    @Test
    void aLoopWhoseThreadIsGone_isWhatLivenessIsAbout() {
        CountDownLatch fault = new CountDownLatch(1);
        WorkerThreads plain = new TestThreads();
        WorkerThreads faulty = (name, body) -> plain.newThread(
                name, name.endsWith("-heart") ? () -> Eventually.awaitStubbornly(fault) : body); // never does its work
        try (TestEngine engine = engine().threadsFrom(faulty).start()) {
            Eventually.until("it is connected", () -> main(engine).connectedOnce());
            assertThat(engine.engine().health().isLive()).isTrue();

            fault.countDown();
            Eventually.until("the loss is seen", () -> !engine.engine().health().isLive());
            assertThat(main(engine).deadLoops()).containsExactly("goose-main-heart");
            assertThat(engine.engine().health().isReady())
                    .as("of no concern to others")
                    .isTrue();
        }
    }

    /** The first thing that a worker is told is to wake up and lease no more. */
    @Test
    void readinessIsDown_whenTheFirstWorkerIsToldToLeaseNoMore() {
        List<GooseHealth> seen = new CopyOnWriteArrayList<>();
        TestEngine engine = engine().start();
        Eventually.until("it is connected", () -> main(engine).connected());
        broker.before(Call.WAKE, () -> seen.add(engine.engine().health()));
        engine.engine().workers().stop();
        assertThat(seen).isNotEmpty().allSatisfy(health -> {
            assertThat(health.isReady()).isFalse();
            assertThat(health.phase()).isEqualTo(Phase.STOPPING);
        });
        broker.heal(Call.WAKE);
        engine.close();
    }

    @Test
    void readinessIsDown_beforeLeasingStops_andStaysDown() {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch end = new CountDownLatch(1);
        TestEngine engine = engine().job("long", arguments -> {
                    begun.countDown();
                    Eventually.awaitStubbornly(end);
                    return null;
                })
                .start();
        engine.client().performAsync(JobCall.of("long"));
        Eventually.await(begun);
        assertThat(main(engine).inProgress()).isEqualTo(1);

        Thread stop = new Thread(engine::close, "stopper");
        stop.start();
        Eventually.until("it is not ready", () -> !engine.engine().health().isReady());
        GooseHealth stopping = engine.engine().health();
        assertThat(stopping.phase()).isEqualTo(Phase.STOPPING);
        assertThat(stopping.isLive()).as("ended loops are not dead ones").isTrue();
        assertThat(stopping.brokers().get("main").inProgress()).isEqualTo(1);

        end.countDown();
        Eventually.until("the stop is over", () -> !stop.isAlive());
        assertThat(engine.engine().health().phase()).isEqualTo(Phase.STOPPED);
        assertThat(engine.engine().health().isReady()).isFalse();
        assertThat(engine.engine().health().isLive()).isTrue();
    }

    @Test
    void workersThatAreStoppedByHand_leaveTheApplicationReady() {
        try (TestEngine engine = engine().start()) {
            engine.engine().workers().stop();
            assertThat(engine.engine().workers().health().phase()).isEqualTo(Phase.IDLE);
            assertThat(engine.engine().health().isReady()).isTrue();
            assertThat(main(engine)).isEqualTo(GooseHealth.OfBroker.IDLE);
        }
    }

    @Test
    void anApplicationThatOnlyEnqueues_isStartedAtOnce() {
        takeAway(Call.OPEN);
        try (TestEngine engine = engine().clientOnly().start()) {
            assertThat(engine.engine().health().isStarted()).isTrue();
            assertThat(engine.engine().health().isReady(Duration.ZERO)).isTrue();
            assertThat(main(engine).works()).isFalse();
        }
    }
}
