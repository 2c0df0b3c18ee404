package io.goose.jca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.goose.broker.jca.Deliveries;
import io.goose.broker.memory.MemoryBroker;
import io.goose.engine.run.LeaseWatch;
import io.goose.job.DeliveryState;
import io.goose.job.EncodedEnvelope;
import io.goose.job.Failure;
import io.goose.job.JobId;
import io.goose.job.QueuedJob;
import io.goose.spi.Lease;
import io.goose.spi.Outcome;
import io.goose.spi.Session;
import io.goose.spi.Settlement;
import jakarta.resource.ResourceException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The worker behind a message-driven bean, in a container that insists on its rules. */
final class InboundWorkerTest {

    private static final String QUEUE = "default";
    private static final Failure FAILURE = new Failure("java.lang.IllegalStateException", "as told", "");

    private final MemoryBroker store = MemoryBroker.withClock(InstantSource.system());
    private final MemoryBroker workers = store.connect();
    private final AtomicLong nanos = new AtomicLong();
    private final App app = new App();
    private final FakeContainer container = new FakeContainer(app);
    private final Endpoint endpoint = endpoint();

    /** What a job comes to, and what its body does. */
    private interface Body {
        Optional<Settlement> run(Lease lease, BiFunction<String, @Nullable Object, @Nullable Object> watch)
                throws InterruptedException;
    }

    private static final class App implements Deliveries.Application {
        private final BlockingQueue<JobId> runs = new LinkedBlockingQueue<>();
        private volatile boolean isStarted = true;
        private volatile Body body = (lease, watch) -> Optional.of(Settlement.of(lease, Outcome.Done.INSTANCE));

        @Override
        public Deliveries.Abilities abilities() {
            mustBeStarted();
            return new Deliveries.Abilities(Set.of("handler:a"), Duration.ZERO, Duration.ofMinutes(10));
        }

        private void mustBeStarted() {
            if (!isStarted) {
                throw new IllegalStateException("GOOSE-2370: not started");
            }
        }

        @Override
        public Optional<Settlement> run(Lease lease, BiFunction<String, @Nullable Object, @Nullable Object> watch) {
            mustBeStarted();
            runs.add(lease.job().id());
            try {
                return body.run(lease, watch);
            } catch (InterruptedException stopped) {
                return Optional.of(Settlement.of(lease, Outcome.Release.NOW));
            }
        }
    }

    private final InboundWorker worker = new InboundWorker(
            endpoint,
            new GooseActivationSpec.Inbound(new Settings(), Map.of(QUEUE, 1), 2, Duration.ZERO, XaDurability.STRICT),
            () -> workers,
            new WorkThreads(container.workManager()),
            Duration.ZERO);

    @AfterEach
    void nothingIsLeft() {
        System.clearProperty("io.goose.stop-deadline");
        worker.end();
        System.clearProperty("io.goose.stop-deadline");

        assertThat(container.mistakes()).isEmpty();
        assertThat(container.endpointsInUse()).as("endpoints in use").isZero();
        container.awaitNoWork();
        assertThat(running()).as("leased jobs").isZero();
        store.close();
    }

    private Endpoint endpoint() {
        try {
            return new Endpoint(container.factory(), nanos::get);
        } catch (ResourceException unasked) {
            throw new AssertionError(unasked);
        }
    }

    private static void tell(BiFunction<String, @Nullable Object, @Nullable Object> watch, String news) {
        Object unused = watch.apply(news, null); // it has no answer
    }

    private JobId send() {
        JobId id = JobId.random();
        EncodedEnvelope envelope = EncodedEnvelope.wrap(id.value().getBytes(StandardCharsets.UTF_8));
        store.send(List.of(new QueuedJob(QUEUE, id, envelope, DeliveryState.FRESH)))
                .toCompletableFuture()
                .join();
        return id;
    }

    private long running() {
        return store.stats(QUEUE).running();
    }

    private long waiting() {
        return store.stats(QUEUE).waiting();
    }

    private JobId nextRun() throws InterruptedException {
        JobId next = app.runs.poll(60, TimeUnit.SECONDS);
        if (next == null) {
            throw new AssertionError("no job was run");
        }
        return next;
    }

    private void isEmpty() {
        FakeContainer.until("the queue is empty: " + store.stats(QUEUE), () -> running() + waiting() == 0);
    }

    @Test
    void whereTheServerHasNoThreads_itSaysSo_andGoesOnWhenThereAreSome() throws InterruptedException {
        try (Said said = Said.by(InboundWorker.class)) {
            container.mostThreads = 2; // one for the begin
            worker.begin();

            assertThat(said.next()).startsWith("GOOSE-4195");
            assertThat(said.next())
                    .startsWith("GOOSE-4202")
                    .contains("ShopJobs", "goose-inbound-heart", "goose-inbound-dispatcher")
                    .doesNotContain("goose-inbound-begin");
        }
        JobId job = send();
        container.giveThreads();
        assertThat(nextRun()).isEqualTo(job);
    }

    /** The server may give none before the stop that waits for the thread which waits for them. */
    @Test
    void theEnd_whileItWaitsForThreads_comesAtOnce() throws InterruptedException {
        InboundWorker patient = new InboundWorker(
                endpoint,
                new GooseActivationSpec.Inbound(
                        new Settings(), Map.of(QUEUE, 1), 2, Duration.ZERO, XaDurability.STRICT),
                () -> workers,
                new WorkThreads(container.workManager()),
                Duration.ofHours(1));
        container.mostThreads = 2;
        try (Said said = Said.by(InboundWorker.class)) {
            patient.begin();
            assertThat(said.next()).startsWith("GOOSE-4195");
            Thread begin = container.works().get(0);

            patient.end();
            begin.join(TimeUnit.SECONDS.toMillis(20));

            assertThat(begin.isAlive()).isFalse();
        }
        container.giveThreads();
    }

    @Test
    void itsSession_leavesMeasuringToTheApplicationsWorkers() {
        worker.begin();

        FakeContainer.until("a session", () -> store.housekeeping().workers().size() == 1);
        assertThat(store.housekeeping().workers().get(0).id()).startsWith("z");
    }

    @Test
    void jobsRunInTheBean_andAreGone() throws InterruptedException {
        JobId id = send();
        worker.begin();

        assertThat(nextRun()).isEqualTo(id);
        isEmpty();
        FakeContainer.until(
                "works are named after their loops: " + container.liveWorks(),
                () -> container.liveWorks().contains("goose-inbound-heart"));
    }

    @Test
    void anApplicationThatIsNotStarted_isAskedAgain_andNothingIsLeasedMeanwhile() throws InterruptedException {
        app.isStarted = false;
        send();
        worker.begin();
        FakeContainer.until("it is asked again", () -> container.deliveries() > 2);
        assertThat(waiting()).isEqualTo(1);

        app.isStarted = true;

        nextRun();
        isEmpty();
    }

    @Test
    void whatTheContainerThrowsAfterTheAnswer_changesNothing() throws InterruptedException {
        worker.begin();
        container.afterwards = new IllegalStateException("the container's interceptor failed");
        container.failsInAfterDelivery = true;
        send();
        send();

        nextRun();
        nextRun();
        isEmpty();
        assertThat(app.runs).as("none ran twice").isEmpty();
    }

    @Test
    void aFailure_isRetriedByTheBeansRules() throws InterruptedException {
        app.body = (lease, watch) -> {
            DeliveryState next = lease.job().state().afterFailure(FAILURE, Instant.EPOCH);
            return Optional.of(Settlement.of(
                    lease,
                    lease.job().state().attempt() == 1
                            ? new Outcome.Retry(Duration.ZERO, QUEUE, next)
                            : Outcome.Done.INSTANCE));
        };
        worker.begin();
        JobId id = send();

        assertThat(nextRun()).isEqualTo(id);
        assertThat(nextRun()).isEqualTo(id);
        isEmpty();
    }

    @Test
    void aRefusedDelivery_goesBackWithoutAnAttempt_andNothingIsLeasedUntilTheEndpointAnswers()
            throws InterruptedException {
        worker.begin();
        send();
        nextRun();
        isEmpty();
        container.failsBefore = true;

        JobId refused = send();
        FakeContainer.until("the door is closed", () -> !endpoint.doorway().getAsBoolean());
        FakeContainer.until("the job is back", () -> waiting() == 1 && running() == 0);
        container.failsBefore = false;
        assertThat(endpoint.doorway().getAsBoolean()).as("before its time").isFalse();
        app.body = (lease, watch) -> {
            assertThat(lease.job().state().attempt()).isEqualTo(1);
            return Optional.of(Settlement.of(lease, Outcome.Done.INSTANCE));
        };
        nanos.addAndGet(Duration.ofMinutes(1).toNanos());

        assertThat(nextRun()).isEqualTo(refused);
        isEmpty();
    }

    @Test
    void anApplicationThatStops_getsNothing_andWhatItRefusedGoesBack() throws InterruptedException {
        worker.begin();
        send();
        nextRun();
        isEmpty();
        app.isStarted = false;

        send();
        FakeContainer.until("the door is closed", () -> !endpoint.doorway().getAsBoolean());
        FakeContainer.until("the job is back", () -> running() == 0);

        assertThat(app.runs).isEmpty();
        app.isStarted = true;
        nanos.addAndGet(Duration.ofMinutes(1).toNanos());
        nextRun();
        isEmpty();
    }

    /** The application's bookkeeping, that is: what a job throws is a settlement like any other. */
    @Test
    void anErrorAroundAJob_comesBackToTheWorker_andTheDoorStaysOpen() throws Exception {
        app.body = (lease, watch) -> {
            throw new StackOverflowError("as told");
        };
        QueuedJob job = new QueuedJob(
                QUEUE, JobId.random(), EncodedEnvelope.wrap("a".getBytes(StandardCharsets.UTF_8)), DeliveryState.FRESH);

        assertThatThrownBy(
                        () -> endpoint.run(new Lease(job, 1, false), nothing(LeaseWatch.class), nothing(Session.class)))
                .hasMessageContaining("StackOverflowError: as told")
                .satisfies(failed ->
                        assertThat(failed.getSuppressed()).singleElement().isInstanceOf(StackOverflowError.class));

        assertThat(nextRun()).isEqualTo(job.id());
        assertThat(endpoint.doorway().getAsBoolean()).isTrue();
    }

    @Test
    void aJobWhoseBookkeepingFailedOnce_runsAgainWithoutAnAttempt() throws InterruptedException {
        AtomicLong runs = new AtomicLong();
        app.body = (lease, watch) -> {
            assertThat(lease.job().state().attempt()).isEqualTo(1);
            if (runs.incrementAndGet() == 1) {
                throw new StackOverflowError("as told");
            }
            return Optional.of(Settlement.of(lease, Outcome.Done.INSTANCE));
        };
        worker.begin();
        JobId id = send();

        assertThat(nextRun()).isEqualTo(id);
        assertThat(nextRun()).isEqualTo(id);
        isEmpty();
        assertThat(runs).hasValue(2);
    }

    private static <T> T nothing(Class<T> type) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, given) -> {
                    throw new UnsupportedOperationException(method.toString());
                }));
    }

    @Test
    void theEnd_interruptsWhatRuns_andGivesItBack() throws InterruptedException {
        CountDownLatch interrupted = new CountDownLatch(1);
        app.body = (lease, watch) -> {
            tell(watch, "bodyBegins");
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException asked) {
                assertThat(watch.apply("isStopping", null)).isEqualTo(true);
                assertThat(watch.apply("isInterrupted", null)).isEqualTo(true);
                interrupted.countDown();
                throw asked;
            }
            throw new AssertionError("it was not interrupted");
        };
        worker.begin();
        send();
        nextRun();

        worker.end();

        assertThat(interrupted.getCount())
                .as("interrupted at the end of its grace")
                .isZero();
        assertThat(waiting()).as("given back").isEqualTo(1);
        assertThat(running()).isZero();
    }

    @Test
    void theEnd_beforeTheApplicationHasStarted_comesAtOnce() {
        app.isStarted = false;
        worker.begin();
        FakeContainer.until("it was asked", () -> container.deliveries() > 0);

        worker.end();

        container.awaitNoWork();
    }

    @Test
    void whatTheWorkerKnowsOfALease_isAskedAcrossTheBoundary() throws InterruptedException {
        BlockingQueue<Object> answers = new LinkedBlockingQueue<>();
        app.body = (lease, watch) -> {
            for (String question : List.of("isLost", "isCancelled", "isOverdue", "isStopping", "hasDied")) {
                answers.add(question + '=' + watch.apply(question, null));
            }
            tell(watch, "died");
            answers.add("hasDied=" + watch.apply("hasDied", null));
            answers.add("askedByANewer=" + watch.apply("askedByANewer", "x"));
            Object unused = watch.apply("bodyBegins", Duration.ZERO);
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException itsTimeout) {
                answers.add("isOverdue=" + watch.apply("isOverdue", null));
            }
            tell(watch, "bodyEnded");
            return Optional.of(Settlement.of(lease, Outcome.Done.INSTANCE));
        };
        worker.begin();
        send();
        nextRun();
        isEmpty();

        assertThat(answers)
                .containsExactly(
                        "isLost=false",
                        "isCancelled=false",
                        "isOverdue=false",
                        "isStopping=false",
                        "hasDied=false",
                        "hasDied=true",
                        "askedByANewer=null",
                        "isOverdue=true");
    }
}
