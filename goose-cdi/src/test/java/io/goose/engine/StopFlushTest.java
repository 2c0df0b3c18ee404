package io.goose.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.BrokerUnavailableException;
import io.goose.JobCall;
import io.goose.admin.Place;
import io.goose.broker.memory.MemoryBroker;
import io.goose.engine.FaultyBroker.Call;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collections;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a stop does about outcomes that are not written yet, and about jobs that are not begun. */
@Timeout(180)
class StopFlushTest {

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
                .job("quick", arguments -> ran.incrementAndGet())
                .job("stubborn", arguments -> {
                    started.countDown();
                    Eventually.awaitStubbornly(end);
                    return ran.incrementAndGet();
                });
    }

    @Test
    void aStopDoesNotSpendItsGraceOnOutcomesThatFindNoRoom() {
        try (TestEngine engine =
                engine().threads(4).grace(Duration.ofSeconds(50)).start()) {
            broker.before(Call.SETTLE, () -> {
                throw new BrokerUnavailableException("away", null);
            });
            engine.client().performAll(Collections.nCopies(400, JobCall.of("quick")));
            Eventually.until("256 are unwritten and four wait for room", () -> ran.get() == 260);

            assertThat(Eventually.timed(engine.engine().workers()::stop))
                    .as("of 50 s of grace")
                    .isLessThan(Duration.ofSeconds(40));
            assertThat(log.count("GOOSE-4011")).as("nothing ran").isZero();
            Eventually.until("no thread is left", () -> engine.threads().alive().isEmpty());
        }
    }

    @Test
    void outcomesThatFindRoomOnlyWhileAStopWritesAreWrittenToo() {
        CountDownLatch back = new CountDownLatch(1);
        try (TestEngine engine = engine().threads(4).start()) {
            broker.before(Call.SETTLE, () -> {
                if (back.getCount() > 0) {
                    throw new BrokerUnavailableException("away", null);
                }
            });
            engine.client().performAll(Collections.nCopies(400, JobCall.of("quick")));
            Eventually.until("256 are unwritten and four wait for room", () -> ran.get() == 260);
            int settles = broker.count(Call.SETTLE);
            Thread stop = engine.stopping();
            Eventually.until("it tries to write", () -> broker.count(Call.SETTLE) >= settles + 3);
            back.countDown();
            Eventually.until("it stops", () -> !stop.isAlive());

            assertThat(memory.stats("default").running()).isZero();
            assertThat(memory.stats("default").waiting()).isEqualTo(400 - 260);
            assertThat(log.count("GOOSE-4012")).isZero();
        }
    }

    @Test
    void aStopDoesNotSpendItsGraceOnAJobThatWaitsForABeatBeforeItStarts() {
        try (TestEngine engine = engine().threads(1)
                .lease(Duration.ofMillis(300))
                .grace(Duration.ofSeconds(50))
                .start()) {
            Eventually.until("it is open", () -> broker.count(Call.AWAIT) > 0);
            broker.after(
                    Call.LEASE,
                    () -> { // it has the job only when its lease can be over
                        if (memory.stats("default").running() > 0) {
                            broker.before(Call.RENEW, () -> {
                                throw new BrokerUnavailableException("away", null);
                            });
                            Eventually.until(
                                    "the last beat is older than the lease",
                                    () -> engine.status().sinceLastBeat().toMillis() > 310);
                        }
                    });
            engine.client().performAsync(JobCall.of("quick"));
            Eventually.until(
                    "the job's thread waits for a beat", () -> engine.status().outstanding() == 1);

            assertThat(Eventually.timed(engine.engine().workers()::stop))
                    .as("of 50 s of grace")
                    .isLessThan(Duration.ofSeconds(40));
            assertThat(ran).hasValue(0);
            assertThat(memory.list("default", Place.WAITING, 0, 5))
                    .singleElement()
                    .satisfies(job -> assertThat(job.job().state().attempt()).isEqualTo(1));
        }
    }

    @Test
    void theOutcomeOfARunThatEndsAfterItsInterruptIsWrittenWhileOtherWorkersStillWrite() {
        FaultyBroker second = new FaultyBroker(MemoryBroker.withClock(InstantSource.system()));
        second.before(Call.SETTLE, () -> {
            throw new BrokerUnavailableException("away", null);
        });
        try (TestEngine engine = engine().otherWorker("second", second)
                .grace(Duration.ofMillis(50))
                .start()) {
            engine.client().via("second").performAsync(JobCall.of("quick"));
            Eventually.until("the second has an unwritten outcome", () -> ran.get() == 1);
            engine.client().performAsync(JobCall.of("stubborn"));
            Eventually.await(started);
            Thread stop = engine.stopping();
            Eventually.until("its run is given up", () -> log.count("GOOSE-4007") == 1);
            int settles = second.count(Call.SETTLE);
            Eventually.until("the outcomes are being written", () -> second.count(Call.SETTLE) >= settles + 5);
            end.countDown();
            Eventually.until("it stops", () -> !stop.isAlive());

            assertThat(memory.stats("default").running()).as("its job is done").isZero();
            assertThat(log.messages())
                    .filteredOn(message -> message.contains("GOOSE-4012"))
                    .singleElement()
                    .asString()
                    .contains("outcomes of 1 jobs", "'second'");
        }
    }
}
