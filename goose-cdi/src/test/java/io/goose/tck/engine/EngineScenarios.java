package io.goose.tck.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.goose.GooseClient;
import io.goose.JobCall;
import io.goose.JobFailureHandler;
import io.goose.JobOptions;
import io.goose.JobRun;
import io.goose.RetryDelay;
import io.goose.admin.Place;
import io.goose.admin.QueueStats;
import io.goose.admin.StoredJob;
import io.goose.job.CancelResult;
import io.goose.job.JobId;
import io.goose.se.Goose;
import io.goose.se.GooseBuilder;
import io.goose.spi.Broker;
import io.goose.spi.Capability;
import io.goose.tck.BrokerUnderTest;
import io.goose.tck.ConcurrencyContract;
import io.goose.tck.Together;
import java.time.Duration;
import java.time.Instant;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;

/**
 * The scenarios that every broker must serve, named as in nilenso/goose: whole engines on one storage. Goes by the real time.
 * Needs a JSON-B implementation on the class path.
 *
 * <p>Closing a connection under an engine is, for the others, the death of its process.
 */
@Timeout(900)
public abstract class EngineScenarios {

    private static final String QUEUE = "test";
    private static final String RETRY_QUEUE = "test-retry";
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private record Told(String what, String queue, int attempt, int retriesLeft, Throwable failure) {}

    private BrokerUnderTest underTest;
    private final Jobs jobs = new Jobs();
    private final BlockingQueue<Told> told = new LinkedBlockingQueue<>();
    private final Queue<Goose> open = new ConcurrentLinkedQueue<>();

    private final JobFailureHandler teller = new JobFailureHandler() {
        @Override
        public void onError(JobRun run, Throwable failure) {
            told.add(new Told("error", run.queue(), run.attempt(), run.retriesLeft(), failure));
        }

        @Override
        public void onDeath(JobRun run, Throwable failure) {
            told.add(new Told("death", run.queue(), run.attempt(), run.retriesLeft(), failure));
        }

        @Override
        public void onCancelled(JobRun run) {
            told.add(new Told("cancelled", run.queue(), run.attempt(), run.retriesLeft(), null));
        }
    };

    /** A broker with an empty storage, whose time is the real one. */
    protected abstract BrokerUnderTest create() throws Exception;

    @BeforeEach
    void openBroker() throws Exception {
        System.clearProperty(
                "io.goose.stop-deadline"); // a stop without grace in the test before, not of this application
        underTest = create();
    }

    @AfterEach
    void closeAll() {
        jobs.end.countDown();
        open.forEach(Goose::close);
        underTest.close();
    }

    private GooseBuilder engine(Broker broker, String queues) {
        return Goose.builder()
                .config("goose.broker.main.kind", "given")
                .config("goose.worker.queues", queues)
                .config("goose.worker.threads", "4")
                .config("goose.worker.heartbeat", "PT0.1S")
                .brokerFactory(new GivenBroker(broker))
                .failureHandler(teller)
                .register(jobs);
    }

    private GooseBuilder engine(String queues) {
        return engine(underTest.connect(), queues);
    }

    private Goose closedLater(GooseBuilder builder) {
        Goose goose = builder.build();
        open.add(goose);
        return goose;
    }

    private Goose started(GooseBuilder builder) {
        return closedLater(builder).start();
    }

    private static GooseClient onTest(Goose goose) {
        return goose.client().with(options -> options.queue(QUEUE));
    }

    private boolean can(Capability capability) {
        return underTest.capabilities().contains(capability);
    }

    /** Checks that a job is nowhere, if this broker can tell. */
    private void assertGone(Goose client, JobId id) {
        if (can(Capability.WAITING_FIND)) {
            assertThat(client.admin().find(id)).isEmpty();
        }
    }

    private static void awaitDrained(Goose goose, String... queues) {
        for (String queue : queues) {
            await("queue " + queue + " is drained", () -> {
                QueueStats now = goose.admin().stats(queue);
                return now.waiting() + now.running() + now.scheduled() == 0;
            });
        }
    }

    @Test
    @DisplayName("async-execution-test; perform-async-test")
    void performAsync_returnsAUuidAndTheMethodGetsItsArgument() {
        Goose goose = closedLater(engine(QUEUE));
        JobId id = onTest(goose).performAsync(JobCall.of("note", "hello"));
        assertThat(id.isUuid()).isTrue();
        assertThat(goose.admin().stats(QUEUE).waiting()).isEqualTo(1);
        assertThat(jobs.ran).isEmpty();

        goose.start();
        assertThat(next(jobs.ran)).isEqualTo("hello");
        awaitDrained(goose, QUEUE);
        assertThat(jobs.ran).isEmpty();
    }

    @Test
    void aJobThatRunsOnAnotherNodeIsToldOfItsCancellationAndNeverRunsAgain(TestReporter reporter) {
        assumeThat(underTest.capabilities()).contains(Capability.CANCEL);
        Goose client = closedLater(engine(QUEUE));
        Goose worker = started(engine(QUEUE)
                .config("goose.worker.threads", "1")
                .config("goose.worker.heartbeat", "PT5M") // longer than anything here waits
                .config("goose.worker.lease", "PT30M"));
        JobId id = onTest(client).performAsync(JobCall.of("hang"));
        await("it runs", () -> jobs.started.getCount() == 0);

        long begun = System.nanoTime();
        assertThat(client.client().cancel(id)).isEqualTo(CancelResult.ASKED);
        Told first = next(told);
        Duration took = Duration.ofNanos(System.nanoTime() - begun);

        reporter.publishEntry("cancelled after", took.toString());
        assertThat(first.what()).isEqualTo("cancelled");
        awaitDrained(worker, QUEUE);
        assertGone(client, id);
        assertThat(jobs.waitingRuns.get()).isEqualTo(1);
        assertThat(told).isEmpty();
    }

    @Test
    @DisplayName("absolute-scheduling-test; perform-at-test")
    void performAt_nowRunsAtOnce() {
        Goose goose = started(engine(QUEUE));
        onTest(goose).performAt(Instant.now(), JobCall.of("note", "now"));
        assertThat(next(jobs.ran)).isEqualTo("now");
        onTest(goose).performAt(Instant.now().minusSeconds(3600), JobCall.of("note", "past"));
        assertThat(next(jobs.ran)).isEqualTo("past");
    }

    @Test
    @DisplayName("relative-scheduling-test; perform-in-sec-test")
    void performIn_runsWhenTheTimeHasCome() {
        Goose goose = started(engine(QUEUE));
        long sent = System.nanoTime();
        JobId id = onTest(goose).performIn(Duration.ofSeconds(2), JobCall.of("note", "later"));
        if (can(Capability.SCHEDULED_LIST)) {
            assertThat(goose.admin().find(id).map(StoredJob::place)).contains(Place.SCHEDULED);
        }

        assertThat(next(jobs.ran)).isEqualTo("later");
        assertThat(Duration.ofNanos(System.nanoTime() - sent))
                .as("time until it ran, of 2 s less what the clocks may differ by")
                .isGreaterThan(Duration.ofMillis(1_900));
    }

    @Test
    @DisplayName("middleware-test")
    void aMiddlewareWrapsTheRunAndSeesWhatTheMethodReturned() {
        Goose goose = started(engine(QUEUE).middleware(invocation -> {
            jobs.ran.add("before " + invocation.arguments());
            Object result = invocation.proceed();
            jobs.ran.add(String.valueOf(result));
            return result;
        }));
        onTest(goose).performAsync(JobCall.of("add-five", 5));
        assertThat(next(jobs.ran)).isEqualTo("before [5]");
        assertThat(next(jobs.ran)).isEqualTo("10");
    }

    @Test
    @DisplayName("retry-test")
    void aFailingJobIsRetriedOnItsRetryQueueByAnotherWorkerWhileTheFirstIsStopped() {
        jobs.failures.add(new ArithmeticException("/ by zero"));
        jobs.failures.add(new IllegalStateException("still not"));
        Goose first = started(engine(QUEUE));
        onTest(first)
                .with(options -> options.maxRetries(2)
                        .retryQueue(RETRY_QUEUE)
                        .retryDelay(RetryDelay.fixed(Duration.ofSeconds(1))))
                .performAsync(JobCall.of("fail", "the argument"));
        Told error = next(told);
        assertThat(error.what()).isEqualTo("error");
        assertThat(error.queue()).isEqualTo(QUEUE);
        assertThat(error.attempt()).isEqualTo(1);
        assertThat(error.retriesLeft()).isEqualTo(2);
        assertThat(error.failure()).isInstanceOf(ArithmeticException.class);
        first.close();

        Goose retrying = started(engine(RETRY_QUEUE));
        Told again = next(told);
        assertThat(again.what()).isEqualTo("error");
        assertThat(again.queue()).isEqualTo(RETRY_QUEUE);
        assertThat(again.attempt()).isEqualTo(2);
        assertThat(again.failure()).isInstanceOf(IllegalStateException.class).hasMessage("still not");
        assertThat(next(jobs.ran)).isEqualTo("the argument");
        awaitDrained(retrying, QUEUE, RETRY_QUEUE);
        assertThat(jobs.failingRuns).hasValue(3);
        assertThat(told).isEmpty();
    }

    @Test
    @DisplayName("death-test")
    void aJobThatFailsInItsLastRetryRanOnceMoreThanItsRetriesAndIsBuried() {
        jobs.failures.add(new ArithmeticException("first"));
        jobs.failures.add(new ArithmeticException("/ by zero"));
        Instant before = Instant.now().minusMillis(100);
        Goose goose = started(engine(QUEUE));
        JobId id = onTest(goose).with(retries(1)).performAsync(JobCall.of("fail", "x"));
        Told error = next(told);
        Told death = next(told);
        await("the job is dead", () -> goose.admin().stats(QUEUE).dead() == 1);

        assertThat(jobs.failingRuns).hasValue(2);
        assertThat(error.what()).isEqualTo("error");
        assertThat(death.what()).isEqualTo("death");
        assertThat(death.attempt()).isEqualTo(2);
        assertThat(death.retriesLeft()).isZero();
        assertThat(death.failure()).isInstanceOf(ArithmeticException.class);
        var failures = goose.admin().find(id).orElseThrow().job().state().failures();
        assertThat(failures.diedAt()).isBetween(before, Instant.now().plusMillis(100));
        assertThat(failures.last().type()).isEqualTo("java.lang.ArithmeticException");
        assertThat(failures.last().message()).isEqualTo("/ by zero");
        assertThat(failures.last().stack()).contains("EngineScenarios");
    }

    @Test
    @DisplayName("R4, gap 6.10: an Error or AssertionError is retried, then buried, and the thread survives")
    void anErrorIsRetriedThenBuriedAndTheThreadSurvives() {
        jobs.failures.add(new AssertionError("not so"));
        jobs.failures.add(new StackOverflowError("too deep"));
        jobs.failures.add(new NoClassDefFoundError("gone"));
        Goose goose = started(engine(QUEUE).config("goose.worker.threads", "1"));
        JobId id = onTest(goose).with(retries(2)).performAsync(JobCall.of("fail", "x"));

        assertThat(next(told))
                .extracting(Told::what, each -> each.failure().getClass())
                .containsExactly("error", AssertionError.class);
        assertThat(next(told))
                .extracting(Told::what, each -> each.failure().getClass())
                .containsExactly("error", StackOverflowError.class);
        assertThat(next(told))
                .extracting(Told::what, each -> each.failure().getClass())
                .containsExactly("death", NoClassDefFoundError.class);
        await(
                "the job is dead",
                () -> goose.admin().find(id).map(StoredJob::place).orElseThrow() == Place.DEAD);
        assertThat(jobs.failingRuns).hasValue(3);
        onTest(goose).performAsync(JobCall.of("note", "the only thread still runs jobs"));
        assertThat(next(jobs.ran)).isEqualTo("the only thread still runs jobs");
    }

    @Test
    @DisplayName("orphan-job-recovery-test")
    void aJobWhoseWorkerDiedRunsOnAnother() {
        Broker dying = underTest.connect();
        Goose doomed = started(
                engine(dying, QUEUE).config("goose.worker.lease", "PT1S").config("goose.worker.grace", "PT0S"));
        JobId id = onTest(doomed).performAsync(JobCall.of("wait-first", "orphan"));
        awaitLatch(jobs.started);
        dying.close(); // as if the process had died: no beat, no settle, no orderly end

        Goose rescuer = started(engine(QUEUE));
        assertThat(next(jobs.ran)).isEqualTo("orphan");
        awaitDrained(rescuer, QUEUE);
        assertGone(rescuer, id);
        assertThat(jobs.waitingRuns).hasValue(2);
    }

    @Test
    void aWorkerWhoseHeartHasDiedLosesItsJobsToAnother() {
        Goose heartless = closedLater(engine(QUEUE)
                .threads(EngineScenarios::withoutHeart)
                .config("goose.worker.lease", "PT10S") // in which it has begun, on whatever machine
                .config("goose.worker.grace", "PT0S"));
        JobId id = onTest(heartless).performAsync(JobCall.of("wait-first", "held"));
        heartless.start();
        awaitLatch(jobs.started);

        Goose rescuer = started(engine(QUEUE));
        assertThat(next(jobs.ran)).isEqualTo("held");
        awaitDrained(rescuer, QUEUE);
        assertGone(rescuer, id);
        assertThat(jobs.waitingRuns).hasValue(2);
    }

    private static Thread withoutHeart(String name, Runnable body) {
        Thread thread = new Thread(name.endsWith("-heart") ? () -> {} : body, name);
        thread.setDaemon(true);
        return thread;
    }

    @Test
    @DisplayName("R1, gap 6.10: 2+ schedulers, concurrent promotion: every due job exactly once")
    void dueJobsThatTwoWorkersPromoteRunOnceEach() {
        int count = Integer.getInteger(ConcurrencyContract.DUE_JOBS_PROPERTY, 10_000);
        Goose client = closedLater(engine(QUEUE).config("goose.worker.start", "manual"));
        Instant due = Instant.now().plusMillis(1_000 + count / 5);
        int senders = 8;
        Together.run(senders, sender -> {
            for (int i = sender; i < count; i += senders) {
                onTest(client).performAt(due, JobCall.of("count", i));
            }
        });
        Goose one = started(engine(QUEUE));
        started(engine(QUEUE));

        for (int tenth = 1; tenth <= 10; tenth++) { // each has its time
            int enough = count * tenth / 10;
            await(enough + " have run", () -> jobs.times.size() >= enough);
        }
        awaitDrained(one, QUEUE);
        assertThat(jobs.times).hasSize(count);
        assertThat(jobs.times.values()).containsOnly(1);
    }

    @Test
    @DisplayName("Gap 6.10, graceful shutdown: running jobs finish, waiting ones stay, no lease is left")
    void aGracefulStopFinishesWhatRunsAndLeavesWhatWaits() throws Exception {
        Goose goose = started(engine(QUEUE).config("goose.worker.threads", "1"));
        Goose looking = closedLater(engine(QUEUE).config("goose.worker.start", "manual"));
        onTest(goose).performAsync(JobCall.of("wait-first", "ran"));
        awaitLatch(jobs.started);
        for (int i = 0; i < 5; i++) {
            onTest(goose).performAsync(JobCall.of("note", "waited " + i));
        }
        Thread stop = new Thread(goose::close, "stop");
        stop.start();
        await(
                "it drains and waits for the running job",
                () -> !goose.workers().isRunning() && stop.getState() == Thread.State.TIMED_WAITING);
        boolean counts = underTest.counting() != BrokerUnderTest.Counting.WAITING_ONLY;
        assertThat(looking.admin().stats(QUEUE).running()).isEqualTo(counts ? 1 : 0);
        jobs.end.countDown();
        stop.join(PATIENCE.toMillis());
        assertThat(stop.isAlive()).isFalse();

        assertThat(jobs.ran).containsExactly("ran");
        assertThat(looking.admin().stats(QUEUE).running()).as("leases left").isZero();
        assertThat(looking.admin().stats(QUEUE).waiting()).isEqualTo(5);
        if (can(Capability.WAITING_LIST)) {
            assertThat(looking.admin().list(QUEUE, Place.WAITING, 0, 10))
                    .hasSize(5)
                    .allSatisfy(job -> assertThat(job.job().state().attempt()).isEqualTo(1));
        }
        jobs.ran.clear();
        started(engine(QUEUE).config("goose.worker.threads", "1"));
        for (int i = 0; i < 5; i++) {
            assertThat(next(jobs.ran)).isEqualTo("waited " + i);
        }
    }

    private static JobOptions retries(int most) {
        return JobOptions.builder()
                .maxRetries(most)
                .retryDelay(RetryDelay.fixed(Duration.ZERO))
                .build();
    }

    private static <T> T next(BlockingQueue<T> queue) {
        try {
            T element = queue.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            if (element == null) {
                throw new AssertionError("nothing came");
            }
            return element;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for an element", interrupted);
        }
    }

    private static void await(String what, BooleanSupplier condition) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - start > PATIENCE.toNanos()) {
                throw new AssertionError("it never happened that " + what);
            }
            LockSupport.parkNanos(5_000_000);
        }
    }

    private static void awaitLatch(CountDownLatch latch) {
        try {
            assertThat(latch.await(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .as("it happened")
                    .isTrue();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while waiting for a latch", interrupted);
        }
    }
}
