package io.goose.engine.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.engine.LogCapture;
import io.goose.engine.TestThreads;
import io.goose.engine.run.RunLimits;
import io.goose.job.JobId;
import io.goose.spi.Lease;
import io.goose.tck.TestJobs;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Limits, cancellations and stuck runs, by a clock that is moved. The test's thread runs the job. */
@Timeout(180)
class RunWatchTest {

    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - TimeUnit.HOURS.toNanos(1)); // it may overflow
    private final TestThreads threads = new TestThreads();
    private final WorkerState state = new WorkerState();
    private LogCapture log;

    @BeforeEach
    void listen() {
        log = LogCapture.open();
        threads.refuse(); // so that nobody but the test fires what is due
    }

    @AfterEach
    void stopListening() {
        log.close();
        boolean left = Thread.interrupted(); // what a test that fails leaves
        assertThat(left).as("an interrupt is left").isFalse();
    }

    private RunWatch watch(RunLimits limits) {
        return new RunWatch(limits, threads, "timers", nanos::get);
    }

    private LeasedJob running(RunWatch watch) {
        LeasedJob job = new LeasedJob(lease(1), state, watch, nanos.get());
        assertThat(job.start()).isTrue();
        return job;
    }

    private static Lease lease(long token) {
        return new Lease(TestJobs.job("q"), token, false);
    }

    private void pass(RunWatch watch, Duration time) {
        nanos.addAndGet(time.toNanos());
        watch.timers().fire();
    }

    @Test
    void aRunIsInterruptedWhenItsTimeIsOver() {
        RunWatch watch = watch(RunLimits.DEFAULT);
        LeasedJob job = running(watch);
        job.bodyBegins(Duration.ofSeconds(10));
        assertThat(watch.timers().fire()).isEqualTo(Duration.ofSeconds(10).toNanos());

        pass(watch, Duration.ofMillis(9_999));
        assertThat(job.isOverdue()).isFalse();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();

        pass(watch, Duration.ofMillis(1));
        assertThat(job.isOverdue()).isTrue();
        assertThat(job.isInterrupted()).as("that is what a stop does").isFalse();
        assertThat(Thread.currentThread().isInterrupted()).isTrue();

        job.bodyEnded();
        assertThat(Thread.currentThread().isInterrupted())
                .as("what follows the body is not disturbed")
                .isFalse();
        job.ended();
    }

    @Test
    void aRunThatIgnoresItIsReportedWithItsStackAndInterruptedAgainEveryMinute() {
        RunWatch watch = watch(RunLimits.DEFAULT);
        LeasedJob job = running(watch);
        job.bodyBegins(Duration.ofSeconds(10));
        pass(watch, Duration.ofSeconds(10));
        assertThat(Thread.interrupted()).isTrue();
        assertThat(log.count("GOOSE-4123")).isZero();

        for (int minute = 1; minute <= 3; minute++) {
            pass(watch, MINUTE);
            assertThat(Thread.interrupted()).isTrue();
            assertThat(log.count("GOOSE-4123")).isEqualTo(minute);
        }
        assertThat(log.messages().get(log.messages().size() - 1))
                .contains(job.lease().job().id().value(), "its timeout or deadline passed", "RunWatchTest");

        job.bodyEnded();
        job.ended();
        pass(watch, MINUTE);
        assertThat(log.count("GOOSE-4123")).isEqualTo(3);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void nothingHappensToARunThatHasEndedInTimeOrIsInterruptedByAStop() {
        RunWatch watch = watch(RunLimits.DEFAULT);
        LeasedJob quick = running(watch);
        quick.bodyBegins(Duration.ofSeconds(10));
        quick.bodyEnded();
        pass(watch, MINUTE);
        assertThat(quick.isOverdue()).isFalse();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        quick.ended();

        LeasedJob stopped = running(watch);
        stopped.bodyBegins(Duration.ofSeconds(10));
        assertThat(stopped.interrupt()).isTrue();
        pass(watch, MINUTE);
        assertThat(stopped.isOverdue()).as("it is released, not failed").isFalse();
        assertThat(stopped.isInterrupted()).isTrue();
        stopped.bodyEnded();
        assertThat(Thread.currentThread().isInterrupted())
                .as("a stop goes on to the end")
                .isTrue();
        stopped.ended();
        assertThat(watch.timers().fire()).as("nothing is kept of them").isEqualTo(MINUTE.toNanos());
    }

    @Test
    void aCancelledRunIsToldAtOnceAndInterruptedAfterTheGrace() {
        RunWatch watch = watch(new RunLimits(Duration.ZERO, Duration.ofSeconds(5), Duration.ZERO));
        HeldJobs held = new HeldJobs(state, watch);
        LeasedJob job = held.add(lease(7), nanos.get());
        assertThat(job.start()).isTrue();
        job.bodyBegins(null);

        held.cancel(job.lease().job().id(), 7);
        held.cancel(job.lease().job().id(), 7);
        assertThat(job.isCancelled()).isTrue();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        pass(watch, Duration.ofSeconds(5));
        assertThat(Thread.interrupted()).isTrue();
        pass(watch, MINUTE);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(log.messages()).anyMatch(line -> line.contains("GOOSE-4123") && line.contains("it was cancelled"));

        job.bodyEnded();
        job.ended();
    }

    @Test
    void withoutAGraceACancelledRunIsInterruptedAtOnce() {
        RunWatch watch = watch(RunLimits.DEFAULT);
        LeasedJob job = running(watch);
        job.cancel();
        assertThat(Thread.currentThread().isInterrupted())
                .as("its own code has not begun")
                .isFalse();
        job.bodyBegins(Duration.ofSeconds(1));
        assertThat(Thread.currentThread().isInterrupted()).isTrue();
        pass(watch, MINUTE);
        assertThat(job.isOverdue()).as("it is over for another reason").isFalse();
        job.ended();
    }

    @Test
    void aCancellationThatComesBeforeItsLeaseIsRemembered() {
        RunWatch watch = watch(RunLimits.DEFAULT);
        HeldJobs held = new HeldJobs(state, watch);
        Lease early = lease(1);
        Lease late = lease(2);
        JobId id = early.job().id();
        held.cancel(id, 1);
        held.cancel(late.job().id(), 2);

        assertThat(held.add(early, nanos.get()).isCancelled()).isTrue();
        assertThat(held.add(new Lease(early.job(), 3, false), nanos.get()).isCancelled())
                .as("another lease of the same job")
                .isFalse();

        nanos.addAndGet(MINUTE.plusSeconds(1).toNanos());
        held.cancel(id, 99); // which lets go of what is old
        assertThat(held.add(late, nanos.get()).isCancelled()).isFalse();
    }

    @Test
    void aRunThatGoesOnForLongIsReportedOnceAndAgainWhenItTookTwiceAsLong() {
        RunWatch watch = watch(RunLimits.DEFAULT);
        LeasedJob job = running(watch);
        int[] expected = {0, 1, 1, 2, 2, 2, 3}; // after 5, 10, 15, 20 … minutes; 10, 20 and 40 are reported
        long[] minutes = {5, 10, 15, 20, 25, 39, 40};
        long passed = 0;
        for (int i = 0; i < minutes.length; i++) {
            nanos.addAndGet(Duration.ofMinutes(minutes[i] - passed).toNanos());
            passed = minutes[i];
            watch.look(List.of(job));
            assertThat(log.count("GOOSE-4125")).as("after %s minutes", passed).isEqualTo(expected[i]);
            assertThat(watch.stuck()).isEqualTo(passed < 10 ? 0 : 1);
        }
        assertThat(log.messages().get(0)).contains("PT10M", "RunWatchTest");
        job.ended();
        watch.look(List.of());
        assertThat(watch.stuck()).isZero();
    }

    @Test
    void aRunWithATimeoutMayTakeItAndFewStacksArePrintedAtATime() {
        RunWatch watch = watch(RunLimits.DEFAULT);
        LeasedJob patient = running(watch);
        patient.bodyBegins(Duration.ofHours(2));
        List<LeasedJob> many =
                IntStream.range(0, 9).mapToObj(i -> running(watch)).toList();
        nanos.addAndGet(Duration.ofMinutes(11).toNanos());

        watch.look(List.of(patient));
        assertThat(watch.stuck()).isZero();
        watch.look(many);

        assertThat(watch.stuck()).isEqualTo(9);
        assertThat(log.count("GOOSE-4125")).isEqualTo(RunWatch.MOST_STACKS + 1);
        assertThat(log.messages()).anyMatch(line -> line.contains("4 more jobs"));
        many.forEach(LeasedJob::ended);
        patient.ended();
    }

    @Test
    void stuckRunsAreNotLookedForIfNobodyWantsIt() {
        RunWatch watch = watch(new RunLimits(Duration.ZERO, Duration.ZERO, Duration.ZERO));
        LeasedJob job = running(watch);
        nanos.addAndGet(Duration.ofDays(1).toNanos());
        watch.look(List.of(job));
        assertThat(log.count("GOOSE-4125")).isZero();
        job.ended();
    }

    @Test
    void runsWithoutLimitsCostNoThreadAndALimitWithoutOneIsReported() {
        RunWatch watch = watch(RunLimits.DEFAULT);
        running(watch).ended();
        assertThat(log.count("GOOSE-4124")).isZero();

        LeasedJob job = running(watch);
        job.bodyBegins(Duration.ofSeconds(1));
        assertThat(log.count("GOOSE-4124")).isEqualTo(1);
        job.ended();
    }
}
