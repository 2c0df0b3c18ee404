package io.goose.engine.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.goose.BrokerUnavailableException;
import io.goose.UnsupportedCapabilityException;
import io.goose.admin.Place;
import io.goose.broker.memory.MemoryBroker;
import io.goose.engine.Eventually;
import io.goose.engine.FaultyBroker;
import io.goose.engine.FaultyBroker.Call;
import io.goose.engine.LogCapture;
import io.goose.engine.ManualClock;
import io.goose.engine.TestThreads;
import io.goose.engine.observe.Observation;
import io.goose.engine.run.RunLimits;
import io.goose.spi.Lease;
import io.goose.spi.Outcome;
import io.goose.spi.Session;
import io.goose.spi.SessionSpec;
import io.goose.spi.Settlement;
import io.goose.tck.TestJobs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The parts of a worker, each alone. */
@Timeout(180)
class WorkerPartsTest {

    private static Lease lease(long token, boolean suspect) {
        return new Lease(TestJobs.job("q"), token, suspect);
    }

    private static RunWatch watch() {
        return new RunWatch(RunLimits.DEFAULT, new TestThreads(), "timers", System::nanoTime);
    }

    private static LeasedJob leased(Lease lease, long nanos) {
        return new LeasedJob(lease, new WorkerState(), watch(), nanos);
    }

    @Nested
    class AQueueOrder {

        private QueueOrder order(WorkerSettings.Order by) {
            Map<String, Integer> weights = new LinkedHashMap<>();
            weights.put("critical", 5);
            weights.put("default", 2);
            weights.put("low", 1);
            return new QueueOrder(weights, by);
        }

        @Test
        void weightedPutsEachQueueFirstInProportionToItsWeight() {
            QueueOrder order = order(WorkerSettings.Order.WEIGHTED);
            List<String> first =
                    IntStream.range(0, 80).mapToObj(i -> order.next().get(0)).toList();
            assertThat(Collections.frequency(first, "critical")).isEqualTo(50);
            assertThat(Collections.frequency(first, "default")).isEqualTo(20);
            assertThat(Collections.frequency(first, "low")).isEqualTo(10);
            for (int from = 0; from < 80; from += 8) {
                assertThat(first.subList(from, from + 8)).as("in any eight").contains("low", "default");
            }
        }

        @Test
        void everyOrderHasEveryQueueOnce() {
            QueueOrder order = order(WorkerSettings.Order.WEIGHTED);
            for (int i = 0; i < 20; i++) {
                assertThat(order.next()).containsExactlyInAnyOrder("critical", "default", "low");
            }
        }

        @Test
        void strictNeverChanges() {
            QueueOrder order = order(WorkerSettings.Order.STRICT);
            for (int i = 0; i < 5; i++) {
                assertThat(order.next()).containsExactly("critical", "default", "low");
            }
        }
    }

    @Nested
    class ALookahead {

        private final Lookahead lookahead = new Lookahead(Duration.ofMillis(20), 5, Set.of("careful"));

        private void took(Duration time, int times) {
            for (int i = 0; i < times; i++) {
                lookahead.took("q", time.toNanos());
            }
        }

        @Test
        void aQueueThatHasShownNothingHasNoBuffer() {
            assertThat(lookahead.beyondThreads("q")).isZero();
        }

        @Test
        void aQueueGetsAsManyJobsAsItsThreadsDoInTheTime() {
            took(Duration.ofMillis(2), 50);
            assertThat(lookahead.beyondThreads("q")).isEqualTo(10 * 5);
            assertThat(lookahead.beyondThreads("other")).isZero();
        }

        @Test
        void aQueueWhoseJobsTakeLongerThanTheTimeHasNoBuffer() {
            took(Duration.ofMillis(21), 1);
            assertThat(lookahead.beyondThreads("q")).isZero();
        }

        @Test
        void itIsNeverMoreThan500() {
            took(Duration.ofNanos(100), 50);
            assertThat(lookahead.beyondThreads("q")).isEqualTo(Lookahead.MOST);
        }

        @Test
        void oneVerySlowJobCountsAtOnce() {
            took(Duration.ofNanos(100), 500);
            took(Duration.ofSeconds(1), 1);
            assertThat(lookahead.beyondThreads("q")).isZero();
        }

        @Test
        void nothingIsLeasedAheadFromAQueueWithLimits() {
            lookahead.took("q", 1_000);
            lookahead.limited("q", true);
            assertThat(lookahead.beyondThreads("q")).isZero();
            lookahead.limited("other", false);
            assertThat(lookahead.beyondThreads("q")).isZero();
            lookahead.limited("q", false);
            assertThat(lookahead.beyondThreads("q")).isPositive();
        }

        @Test
        void aLookaheadOfNothingNeverBuffers() {
            Lookahead none = new Lookahead(Duration.ZERO, 5, Set.of());
            none.took("q", 1);
            assertThat(none.beyondThreads("q")).isZero();
        }
    }

    @Nested
    class ABuffer {

        private final JobBuffer buffer = new JobBuffer();

        @Test
        void givesJobsInTheOrderOfTheirLeasesAndASuspectFirst() throws Exception {
            LeasedJob one = leased(lease(1, false), 0);
            LeasedJob two = leased(lease(2, false), 0);
            LeasedJob suspect = leased(lease(3, true), 0);
            assertThat(buffer.addAll(List.of(one, two))).isTrue();
            assertThat(buffer.addAll(List.of(suspect))).isTrue();
            assertThat(List.of(buffer.take(), buffer.take(), buffer.take())).containsExactly(suspect, one, two);
        }

        @Test
        void countsWhatIsLeasedUntilItIsFinished() throws Exception {
            buffer.addAll(List.of(leased(lease(1, false), 0), leased(lease(2, false), 0)));
            buffer.take();
            assertThat(buffer.outstanding()).isEqualTo(2);
            buffer.finished();
            assertThat(buffer.outstanding()).isEqualTo(1);
        }

        @Test
        void closedReturnsWhatWasNotTakenWakesTheTakersAndTakesNoMore() throws Exception {
            List<LeasedJob> taken = Collections.synchronizedList(new ArrayList<>());
            Thread taker = new Thread(() -> {
                try {
                    taken.add(buffer.take());
                } catch (InterruptedException unexpected) {
                    Thread.currentThread().interrupt();
                }
            });
            taker.start();
            Eventually.until("it waits", () -> taker.getState() == Thread.State.WAITING);
            buffer.close();
            taker.join();
            assertThat(taken).hasSize(1).containsNull();

            assertThat(buffer.addAll(List.of(leased(lease(1, false), 0)))).isFalse();
            assertThat(buffer.outstanding()).isZero();
        }

        @Test
        void givesBackOnlyWhatWaitedTooLong() {
            LeasedJob old = leased(lease(1, false), 0);
            LeasedJob young = leased(lease(2, false), 900);
            buffer.addAll(List.of(old, young));
            assertThat(buffer.removeUnstarted(1_000, 1_000)).isEmpty();
            assertThat(buffer.removeUnstarted(1_000, 1_001)).containsExactly(old);
            assertThat(buffer.outstanding()).isEqualTo(1);
        }

        @Test
        void closedHandsOutNothingAndGivesBackAll() throws Exception {
            LeasedJob young = leased(lease(1, false), 900);
            buffer.addAll(List.of(young));
            buffer.close();
            assertThat(buffer.take()).isNull();
            assertThat(buffer.isEmpty()).isFalse();
            assertThat(buffer.removeUnstarted(1_000, 901)).containsExactly(young);
            assertThat(buffer.isEmpty()).isTrue();
        }

        @Test
        void saysWhenThereIsRoomOnceAndAtOnceIfThereIs() throws Exception {
            AtomicInteger said = new AtomicInteger();
            buffer.whenOutstanding(0, said::incrementAndGet);
            assertThat(said).hasValue(1);

            buffer.addAll(List.of(leased(lease(1, false), 0), leased(lease(2, false), 0)));
            buffer.whenOutstanding(1, said::incrementAndGet);
            assertThat(said).hasValue(1);
            buffer.take();
            buffer.take();
            buffer.finished();
            assertThat(said).hasValue(2);
            buffer.finished();
            assertThat(said).hasValue(2);
        }

        @Test
        void aWaitForRoomEndsWhenAJobIsFinishedOrTheBufferIsClosed() throws Exception {
            buffer.addAll(List.of(leased(lease(1, false), 0), leased(lease(2, false), 0)));
            buffer.take();
            buffer.take();
            for (Runnable end : List.<Runnable>of(buffer::finished, buffer::close)) {
                Thread waiter = new Thread(() -> {
                    try {
                        buffer.awaitOutstanding(buffer.outstanding() - 1, Eventually.PATIENCE.toNanos());
                    } catch (InterruptedException unexpected) {
                        Thread.currentThread().interrupt();
                    }
                });
                waiter.start();
                Eventually.until("it waits", () -> waiter.getState() == Thread.State.TIMED_WAITING);
                end.run();
                waiter.join(Eventually.PATIENCE.toMillis());
                assertThat(waiter.isAlive()).isFalse();
            }
        }
    }

    @Nested
    class AHeldJob {

        private final HeldJobs held = new HeldJobs(new WorkerState(), watch());

        @Test
        void isLostByItsTokenEvenWhenThisWorkerHasLeasedItAgain() {
            Lease before = lease(1, false);
            Lease again = new Lease(before.job(), 2, false);
            LeasedJob zombie = held.add(before, 0);
            LeasedJob fresh = held.add(again, 0);
            held.lost(List.of(before));
            assertThat(zombie.isLost()).isTrue();
            assertThat(fresh.isLost()).isFalse();
        }

        @Test
        void isStillKnownToRunWhenThisWorkerHasLeasedItAgain() {
            Lease before = lease(1, false);
            LeasedJob zombie = held.add(before, 0);
            LeasedJob fresh = held.add(new Lease(before.job(), 2, false), 0);
            assertThat(zombie.start()).isTrue();
            assertThat(fresh.start()).isTrue();
            assertThat(held.running()).containsExactlyInAnyOrder(zombie, fresh);
            held.remove(fresh);
            assertThat(held.running()).containsExactly(zombie);
        }

        @Test
        void thatIsLostIsNotStarted() {
            LeasedJob job = held.add(lease(1, false), 0);
            job.markLost();
            assertThat(job.start()).isFalse();
            assertThat(job.runner()).isNull();
        }

        @Test
        void leavesNoInterruptOfItsOwnToTheNext() {
            LeasedJob job = held.add(lease(1, false), 0);
            assertThat(job.start()).isTrue();
            job.interrupt();
            assertThat(job.isInterrupted()).isTrue();
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
            job.ended();
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
            job.interrupt();
            assertThat(Thread.currentThread().isInterrupted())
                    .as("it has ended")
                    .isFalse();
        }
    }

    @Nested
    class ALiveness {

        private final AtomicLong nanos = new AtomicLong(1_000);
        private final Liveness liveness = new Liveness(Duration.ofNanos(100), nanos::get);

        @Test
        void isFreshForOneLeaseAfterTheBeginOfAGoodBeat() throws Exception {
            nanos.set(1_099);
            assertThat(liveness.awaitFresh()).isTrue();
            nanos.set(1_100);
            assertThat(liveness.isFresh()).isFalse();
            liveness.beat(1_050);
            assertThat(liveness.isFresh()).isTrue();
            assertThat(liveness.sinceLastBeat()).isEqualTo(Duration.ofNanos(50));
        }

        @Test
        void letsNobodyWaitForLongerThanWasAsked() throws Exception {
            nanos.set(2_000);
            assertThat(liveness.awaitFresh(1)).isFalse();
        }

        @Test
        void letsNobodyWaitWhenItEnds() throws Exception {
            nanos.set(2_000);
            AtomicBoolean fresh = new AtomicBoolean(true);
            Thread waiter = new Thread(() -> {
                try {
                    fresh.set(liveness.awaitFresh());
                } catch (InterruptedException unexpected) {
                    Thread.currentThread().interrupt();
                }
            });
            waiter.start();
            Eventually.until("it waits", () -> waiter.getState() == Thread.State.TIMED_WAITING);
            liveness.end();
            waiter.join(Eventually.PATIENCE.toMillis());
            assertThat(waiter.isAlive()).isFalse();
            assertThat(fresh).isFalse();
        }
    }

    @Nested
    class ASettler {

        private final FaultyBroker broker = new FaultyBroker(MemoryBroker.withClock(new ManualClock()));
        private final Session session = broker.open(
                new SessionSpec(List.of("q"), 1, 1, Set.of(), Duration.ofSeconds(30), Duration.ofSeconds(5), "here"));
        private final AtomicInteger suspectsEnded = new AtomicInteger();
        private final Settler settler = new Settler(suspectsEnded::incrementAndGet, Observation.OFF);

        private List<Settlement> done(int count) {
            for (int sent = 0; sent < count; sent += 100) {
                broker.send(TestJobs.jobs("q", Math.min(100, count - sent)))
                        .toCompletableFuture()
                        .join();
            }
            return session.lease("q", count, Long.MAX_VALUE).leases().stream()
                    .map(lease -> Settlement.of(lease, Outcome.Done.INSTANCE))
                    .toList();
        }

        @Test
        void writesWhatIsThereInOneBatch() throws Exception {
            done(150).forEach(settler::add);
            settler.flush(session, 0);
            assertThat(broker.count(Call.SETTLE)).isEqualTo(1);
            assertThat(settler.unwritten()).isZero();
            assertThat(broker.stats("q").running()).isZero();
        }

        @Test
        void tellsWhenASuspectHasEnded_forItsSessionGetsNoOtherBefore() throws Exception {
            done(2).forEach(settler::add);
            settler.flush(session, 0);
            assertThat(suspectsEnded).as("of plain jobs").hasValue(0);

            Lease lease = done(1).get(0).lease();
            settler.add(Settlement.of(
                    new Lease(lease.job(), lease.token(), true, lease.unknownFor(), lease.redelivered()),
                    Outcome.Done.INSTANCE));
            settler.flush(session, 0);
            assertThat(suspectsEnded).hasValue(1);
        }

        @Test
        void writesABatchAgainThatFailedAndTheOthersAfterIt() throws Exception {
            List<Settlement> all = done(3);
            settler.add(all.get(0));
            broker.before(Call.SETTLE, () -> {
                throw new BrokerUnavailableException("away", null);
            });
            assertThatThrownBy(() -> settler.flush(session, 0)).isInstanceOf(BrokerUnavailableException.class);
            settler.add(all.get(1));
            settler.add(all.get(2));
            assertThat(settler.unwritten()).isEqualTo(3);

            broker.heal(Call.SETTLE);
            settler.flush(session, 0);
            assertThat(settler.unwritten()).isEqualTo(2);
            settler.flush(session, 0);
            assertThat(settler.unwritten()).isZero();
            assertThat(broker.stats("q").running()).isZero();
            assertThat(settler.stale()).isZero();
        }

        @Test
        void writesOneByOneWhatTheBrokerRefusesAsAWhole() throws Exception {
            List<Settlement> all = done(3);
            all.forEach(settler::add);
            AtomicInteger calls = new AtomicInteger();
            broker.before(Call.SETTLE, () -> {
                int call = calls.incrementAndGet();
                if (call == 1 || call == 3) { // the batch, and the second of the single ones
                    throw new UnsupportedCapabilityException("no such outcome here");
                }
            });
            try (LogCapture log = LogCapture.open()) {
                settler.flush(session, 0);
                assertThat(log.count("GOOSE-4002")).isEqualTo(1);
                assertThat(log.count("GOOSE-4003")).isEqualTo(1);
            }
            assertThat(settler.unwritten()).isZero();
            assertThat(broker.stats("q").running()).isZero();
            assertThat(broker.list("q", Place.SCHEDULED, 0, 2))
                    .as("the refused one is released, for the session lives on and its lease with it")
                    .singleElement()
                    .satisfies(job -> assertThat(job.job().id())
                            .isEqualTo(all.get(1).lease().job().id()));
        }

        @Test
        void writesOneByOneWhatMakesTheBrokerFailAndRepeatsNoneOfIt() throws Exception {
            done(5).forEach(settler::add);
            AtomicInteger calls = new AtomicInteger();
            broker.before(Call.SETTLE, () -> {
                int call = calls.incrementAndGet();
                if (call == 1 || call == 3) { // the batch, and the second of the single ones
                    throw new IllegalStateException("a bug of the broker");
                }
                if (call == 5) {
                    throw new BrokerUnavailableException("away", null);
                }
            });
            try (LogCapture log = LogCapture.open()) {
                assertThatThrownBy(() -> settler.flush(session, 0)).isInstanceOf(BrokerUnavailableException.class);
                assertThat(settler.unwritten()).as("the rest").isEqualTo(3);
                settler.flush(session, 0);
                assertThat(log.count("GOOSE-4003")).isEqualTo(1);
            }
            assertThat(settler.unwritten()).isZero();
            assertThat(settler.stale()).isZero();
            assertThat(broker.stats("q").running()).isZero();
            assertThat(broker.stats("q").scheduled()).as("the refused one").isEqualTo(1);
        }

        @Test
        void saysThatALeaseStaysWhichCannotEvenBeReleased() throws Exception {
            settler.add(done(1).get(0));
            broker.before(Call.SETTLE, () -> {
                throw new IllegalStateException("a bug of the broker");
            });
            try (LogCapture log = LogCapture.open()) {
                settler.flush(session, 0);
                assertThat(log.count("GOOSE-4018")).isEqualTo(1);
            }
            assertThat(settler.unwritten()).isZero();
        }

        @Test
        void countsOutcomesThatCameTooLate() throws Exception {
            Settlement late = done(1).get(0);
            session.settle(List.of(late));
            settler.add(late);
            settler.flush(session, 0);
            assertThat(settler.stale()).isEqualTo(1);
            assertThat(settler.unwritten()).isZero();
        }

        @Test
        void holdsBackWhoBringsMoreThanItHoldsUntilItIsGivenUp() throws Exception {
            List<Settlement> all = done(Settler.CAPACITY + 1);
            all.subList(0, Settler.CAPACITY).forEach(settler::add);
            Thread more = new Thread(() -> settler.add(all.get(Settler.CAPACITY)));
            more.start();
            Eventually.until("it waits", () -> more.getState() == Thread.State.WAITING);
            more.interrupt();
            Eventually.until("it waits all the same", () -> more.getState() == Thread.State.WAITING);

            assertThat(settler.abandon()).as("that of who waits too").isEqualTo(Settler.CAPACITY + 1);
            more.join(Eventually.PATIENCE.toMillis());
            assertThat(more.isAlive()).isFalse();
            assertThat(settler.unwritten()).isEqualTo(Settler.CAPACITY + 1);
        }
    }

    @Nested
    class ALoop {

        private final TestThreads threads = new TestThreads();
        private final AtomicBoolean ended = new AtomicBoolean();
        private final AtomicInteger rounds = new AtomicInteger();

        @Test
        void goesOnAfterAnInterruptWithoutThePauseOfAFailure() throws Exception {
            CountDownLatch inside = new CountDownLatch(1);
            Loop loop = new Loop(
                    "test",
                    () -> {
                        if (rounds.incrementAndGet() == 1) {
                            inside.countDown();
                            new CountDownLatch(1).await();
                        }
                        ended.set(true);
                    },
                    ended::get);
            loop.start(threads);
            Eventually.await(inside);
            threads.all().get(0).interrupt();
            assertThat(loop.join(Eventually.PATIENCE)).isTrue();
            assertThat(rounds).hasValue(2);
            assertThat(loop.failuresInARow()).isZero();
            assertThat(loop.isDead()).isFalse();
        }

        @Test
        void waitsOutItsFailuresButNotWhenItIsToEnd() throws Exception {
            try (LogCapture log = LogCapture.open()) {
                Loop loop = new Loop(
                        "test",
                        () -> {
                            rounds.incrementAndGet();
                            throw new IllegalStateException("bad");
                        },
                        ended::get,
                        Duration.ofMinutes(1));
                loop.start(threads);
                Eventually.until("its pauses are long", () -> loop.failuresInARow() >= 8);
                ended.set(true);
                loop.endPauses();
                assertThat(loop.join(Duration.ofSeconds(6))) // of 6.4 at least
                        .as("the long pause was ended")
                        .isTrue();
                assertThat(log.count("GOOSE-4001")).as("an outage is said once").isEqualTo(1);
            }
        }

        @Test
        void doesNotSpinWhileItsEndIsAwaited() throws Exception {
            try (LogCapture log = LogCapture.open()) {
                Loop loop = new Loop(
                        "test",
                        () -> {
                            rounds.incrementAndGet();
                            throw new IllegalStateException("bad");
                        },
                        ended::get);
                loop.endPauses();
                long begun = System.nanoTime();
                loop.start(threads);
                Eventually.until("it failed five times", () -> rounds.get() >= 5);
                ended.set(true);
                assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofMillis(90));
                assertThat(loop.join(Eventually.PATIENCE)).isTrue();
                assertThat(log.count("GOOSE-4001")).isEqualTo(1);
            }
        }

        @Test
        void thatWasNeverStartedHasEnded() throws Exception {
            assertThat(new Loop("test", rounds::incrementAndGet, ended::get).join(Duration.ZERO))
                    .isTrue();
        }
    }

    @Nested
    class AnOutageLog {

        private final AtomicLong nanos = new AtomicLong();
        private final OutageLog outage = new OutageLog("GOOSE-0000", "the test", nanos::get);

        @Test
        void saysThatAnOutageBeginsThatItLastsAndThatItIsOver() {
            try (LogCapture log = LogCapture.open()) {
                outage.succeeded();
                assertThat(log.ownMessages()).isEmpty();
                outage.failed(new IllegalStateException("away"));
                for (int second = 1; second < 60; second++) {
                    nanos.set(second * 1_000_000_000L);
                    outage.failed(new IllegalStateException("away"));
                }
                assertThat(log.ownMessages()).hasSize(2);
                assertThat(log.ownMessages().get(0)).startsWith("WARNING GOOSE-0000: the test failed");
                assertThat(log.ownMessages().get(1)).contains("31 times in 30 s");
                outage.succeeded();
                outage.succeeded();
                assertThat(log.ownMessages()).hasSize(3);
                assertThat(log.ownMessages().get(2)).startsWith("INFO").contains("60 failures in 59 s");
                outage.failed(new IllegalStateException("again"));
                assertThat(log.ownMessages()).hasSize(4);
            }
        }
    }

    @Test
    void aWorkerNeedsAQueueAThreadAndWeights() {
        for (Map<String, Integer> queues : List.of(Map.<String, Integer>of(), Map.of("q", 0))) {
            assertThatThrownBy(() ->
                            new WorkerSettings(queues, WorkerSettings.Order.WEIGHTED, 1, WorkerSettings.Times.DEFAULT))
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> new WorkerSettings(
                        Map.of("q", 1), WorkerSettings.Order.WEIGHTED, 0, WorkerSettings.Times.DEFAULT))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(WorkerSettings.DEFAULT.threads()).isEqualTo(5);
    }

    @Nested
    class AbandonedRunsTest {

        private final TestThreads threads = new TestThreads();

        private LeasedJob running(CountDownLatch end) {
            LeasedJob job = leased(lease(1, false), 0);
            CountDownLatch begun = new CountDownLatch(1);
            Thread thread = new Thread(() -> {
                job.start();
                begun.countDown();
                Eventually.awaitStubbornly(end);
                job.ended();
            });
            thread.setDaemon(true);
            thread.start();
            Eventually.await(begun);
            return job;
        }

        @Test
        void areReportedAgainUntilTheLastHasEndedByAThreadOfTheWorkersKind() {
            CountDownLatch first = new CountDownLatch(1);
            CountDownLatch second = new CountDownLatch(1);
            try (LogCapture log = LogCapture.open()) {
                new AbandonedRuns(threads, "the-reporter", Duration.ofMillis(5))
                        .report(List.of(running(first), running(second)));
                Eventually.until("they are reported again", () -> log.count("GOOSE-4007") >= 6);
                assertThat(threads.alive()).extracting(Thread::getName).containsExactly("the-reporter");
                first.countDown();
                long soFar = log.count("GOOSE-4007");
                Eventually.until("the other still is", () -> log.count("GOOSE-4007") >= soFar + 3);
                second.countDown();
                Eventually.until("the thread ends", () -> threads.alive().isEmpty());
            }
        }

        @Test
        void areInterruptedAgainForTheirInterruptMayHaveBeenSwallowed() {
            LeasedJob job = leased(lease(1, false), 0);
            CountDownLatch begun = new CountDownLatch(1);
            Thread thread = new Thread(() -> {
                job.start();
                int left = 3;
                begun.countDown();
                while (left > 0) {
                    LockSupport.park();
                    left -= Thread.interrupted()
                            ? 1
                            : 0; // as a connection pool does that answers with another exception
                }
                job.ended();
            });
            thread.setDaemon(true);
            thread.start();
            Eventually.await(begun);
            job.interrupt();
            new AbandonedRuns(threads, "the-reporter", Duration.ofMillis(5)).report(List.of(job));
            Eventually.until("the run has ended", () -> job.runner() == null);
            Eventually.until("the thread ends", () -> threads.alive().isEmpty());
        }

        @Test
        void areReportedOnceWhereThereIsNoThread() {
            CountDownLatch end = new CountDownLatch(1);
            try (LogCapture log = LogCapture.open()) {
                new AbandonedRuns(
                                (name, body) -> {
                                    throw new java.util.concurrent.RejectedExecutionException("the server is stopping");
                                },
                                "none",
                                Duration.ofMillis(1))
                        .report(List.of(running(end)));
                assertThat(log.count("GOOSE-4007")).isEqualTo(1);
                assertThat(log.count("GOOSE-4020")).isEqualTo(1);
            } finally {
                end.countDown();
            }
        }

        @Test
        void doNotKeepAThreadThatTheServerTakesBack() {
            CountDownLatch end = new CountDownLatch(1);
            try {
                new AbandonedRuns(threads, "the-reporter", Duration.ofMinutes(5)).report(List.of(running(end)));
                threads.all().get(0).interrupt();
                Eventually.until("the thread ends", () -> threads.alive().isEmpty());
            } finally {
                end.countDown();
            }
        }
    }
}
