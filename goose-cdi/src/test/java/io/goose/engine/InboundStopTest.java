package io.goose.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.goose.JobCall;
import io.goose.broker.memory.MemoryBroker;
import io.goose.engine.run.LeaseRunner;
import io.goose.engine.run.LeaseWatch;
import io.goose.spi.Lease;
import io.goose.spi.Outcome;
import io.goose.spi.Session;
import io.goose.spi.SessionSpec;
import io.goose.spi.Settlement;
import io.goose.tck.TestJobs;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a stop does to runs whose leases are a resource adapter's. */
@Timeout(180)
class InboundStopTest {

    private static final String STOP_DEADLINE = "io.goose.stop-deadline";

    private final MemoryBroker memory = MemoryBroker.withClock(InstantSource.system());
    private final CountDownLatch started = new CountDownLatch(1);
    private final CountDownLatch end = new CountDownLatch(1);
    private LogCapture log;

    @BeforeEach
    void listen() {
        System.clearProperty(STOP_DEADLINE);
        log = LogCapture.open();
    }

    @AfterEach
    void stopListening() {
        end.countDown();
        log.close();
        System.clearProperty(STOP_DEADLINE);
        memory.close();
    }

    /** The adapter's worker, which knows nothing of a stop. */
    private static LeaseWatch watch() {
        return (LeaseWatch) Proxy.newProxyInstance(
                LeaseWatch.class.getClassLoader(),
                new Class<?>[] {LeaseWatch.class},
                (proxy, method, given) -> method.getReturnType() == boolean.class ? false : null);
    }

    private static Thread thread(Runnable body) {
        Thread thread = new Thread(body, "inbound-stop-test");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private Session session() {
        return memory.connect()
                .open(new SessionSpec(
                        List.of("default"), 10, 10, Set.of(), Duration.ofSeconds(30), Duration.ofSeconds(5), "test"));
    }

    /** The stop may be over a moment before the run's thread has handed its end on. */
    private static Outcome outcome(CompletableFuture<Optional<Settlement>> ended) throws Exception {
        return ended.get(Eventually.PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .orElseThrow()
                .outcome();
    }

    private static boolean refuses(LeaseRunner runner, Lease lease, Session session) {
        try {
            return runner.run(lease, watch(), session).isEmpty();
        } catch (IllegalStateException refused) {
            return refused.getMessage().startsWith("GOOSE-2370");
        }
    }

    /** Leases of two jobs that are enqueued now. */
    private static List<Lease> waitAndQuick(TestEngine engine, Session session) {
        engine.client().performAsync(JobCall.of("wait"));
        engine.client().performAsync(JobCall.of("quick"));
        return session.lease("default", 2, 1 << 20).leases();
    }

    @Test
    void anEngineWithoutAWorker_letsTheRunEnqueue_beforeItClosesAnything() throws Exception {
        TestEngine.Builder builder = TestEngine.on(memory.connect());
        CompletableFuture<TestEngine> made = new CompletableFuture<>();
        TestEngine engine = builder.clientOnly()
                .job("quick", arguments -> null)
                .job("wait", arguments -> {
                    started.countDown();
                    end.await();
                    made.join().client().performAsync(JobCall.of("quick"));
                    return null;
                })
                .start();
        made.complete(engine);
        Session session = session();
        List<Lease> leases = waitAndQuick(engine, session);
        LeaseRunner runner = engine.engine().inbound(null).runner();
        CompletableFuture<Optional<Settlement>> ended = new CompletableFuture<>();
        thread(() -> ended.complete(runner.run(leases.get(0), watch(), session)));
        Eventually.await(started);

        Thread stop = thread(engine.engine()::stop);
        Eventually.until("no run begins any more", () -> refuses(runner, leases.get(1), session));
        assertThat(stop.isAlive()).as("it waits for the one that runs").isTrue();
        end.countDown();
        stop.join(Eventually.PATIENCE.toMillis());

        assertThat(stop.isAlive()).isFalse();
        assertThat(outcome(ended)).isEqualTo(Outcome.Done.INSTANCE);
        assertThat(memory.stats("default").waiting())
                .as("what the job enqueued")
                .isEqualTo(1);
        assertThat(log.count("GOOSE-4199")).isZero();
    }

    @Test
    void aRunThatOutlastsTheGrace_isInterrupted_whileGooseIsOpen_andGoesBackWithoutAnAttempt() throws Exception {
        CompletableFuture<TestEngine> made = new CompletableFuture<>();
        TestEngine engine = TestEngine.on(memory.connect())
                .clientOnly()
                .job("quick", arguments -> null)
                .job("wait", arguments -> {
                    started.countDown();
                    try {
                        end.await();
                    } catch (InterruptedException asked) {
                        made.join().client().performAsync(JobCall.of("quick"));
                        throw asked;
                    }
                    return null;
                })
                .start();
        made.complete(engine);
        Session session = session();
        List<Lease> leases = waitAndQuick(engine, session);
        LeaseRunner runner = engine.engine().inbound(null).runner();
        CompletableFuture<Optional<Settlement>> ended = new CompletableFuture<>();
        CompletableFuture<Boolean> flag = new CompletableFuture<>();
        thread(() -> {
            ended.complete(runner.run(leases.get(0), watch(), session));
            flag.complete(Thread.currentThread().isInterrupted());
        });
        Eventually.await(started);

        Thread stop = thread(engine.engine()::stop);
        Eventually.until("no run begins any more", () -> refuses(runner, leases.get(1), session));
        stop.interrupt(); // the server is in a hurry, so the grace ends at once
        stop.join(Eventually.PATIENCE.toMillis());

        assertThat(stop.isAlive()).isFalse();
        assertThat(outcome(ended)).isEqualTo(Outcome.Release.NOW);
        assertThat(memory.stats("default").waiting())
                .as("what the job enqueued at its interrupt")
                .isEqualTo(1);
        assertThat(log.count("GOOSE-4200")).isEqualTo(1);
        assertThat(log.count("GOOSE-4199")).isZero();
        assertThat(flag.get(Eventually.PATIENCE.toMillis(), TimeUnit.MILLISECONDS))
                .as("the interrupt is left to nobody")
                .isFalse();
    }

    /** One that hears of the stop, and ends by itself. */
    private static final class Listening implements LeaseRunner {
        private final CountDownLatch begun = new CountDownLatch(1);
        private final CompletableFuture<Boolean> before = new CompletableFuture<>();
        private final CompletableFuture<Boolean> ended = new CompletableFuture<>();

        @Override
        public Optional<Settlement> run(Lease lease, LeaseWatch watch, Session session) {
            before.complete(watch.isStopping());
            begun.countDown();
            Eventually.until("it hears of the stop", watch::isStopping);
            ended.complete(true);
            return Optional.empty();
        }

        @Override
        public Set<String> unbufferedQueues() {
            return Set.of();
        }
    }

    private static Lease anyLease() {
        return new Lease(TestJobs.job("default"), 1, false);
    }

    @Test
    void aRun_hearsOfTheStop_thoughItsWorkerDoesNotStop() {
        InboundRuns runs = new InboundRuns();
        Listening listening = new Listening();
        LeaseRunner runner = runs.counted(listening, Duration.ofSeconds(50)); // which no test waits for
        Session session = session();
        thread(() -> runner.run(anyLease(), watch(), session));
        Eventually.await(listening.begun);
        assertThat(listening.before).isCompletedWithValue(false);

        runs.beginStop();
        runs.awaitEnd();

        assertThat(listening.ended).isCompletedWithValue(true);
        assertThatThrownBy(() -> runner.run(anyLease(), watch(), session)).hasMessageContaining("GOOSE-2370");
        assertThat(log.count("GOOSE-4199")).isZero();
    }

    @Test
    void aRunThatDoesNotEnd_isWaitedForOnce_untilTheGraceIsOver() {
        InboundRuns runs = new InboundRuns();
        LeaseRunner runner = runs.counted(
                new LeaseRunner() {
                    @Override
                    public Optional<Settlement> run(Lease lease, LeaseWatch watch, Session session) {
                        started.countDown();
                        Eventually.awaitStubbornly(end);
                        return Optional.empty();
                    }

                    @Override
                    public Set<String> unbufferedQueues() {
                        return Set.of();
                    }
                },
                Duration.ofMillis(50));
        Session session = session();
        thread(() -> runner.run(anyLease(), watch(), session));
        Eventually.await(started);

        for (int i = 0; i < 2; i++) {
            runs.beginStop();
            runs.awaitEnd();
        }

        assertThat(log.count("GOOSE-4200")).isEqualTo(1);
        assertThat(log.count("GOOSE-4199")).isEqualTo(1);
    }
}
