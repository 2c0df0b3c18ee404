package io.goose.cdi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.goose.BatchOptions;
import io.goose.BrokerUnavailableException;
import io.goose.GooseClient;
import io.goose.Job;
import io.goose.JobCall;
import io.goose.JobLost;
import io.goose.JobRun;
import io.goose.admin.QueueChange;
import io.goose.engine.Eventually;
import io.goose.engine.LogCapture;
import io.goose.engine.TestThreads;
import io.goose.engine.observe.Enqueuing;
import io.goose.engine.run.JobScope;
import io.goose.event.BatchCompleted;
import io.goose.event.BrokerLost;
import io.goose.event.BrokerRegained;
import io.goose.event.JobDied;
import io.goose.event.JobEnqueued;
import io.goose.event.JobFailed;
import io.goose.event.JobRescued;
import io.goose.event.JobStarted;
import io.goose.event.JobSucceeded;
import io.goose.job.BatchId;
import io.goose.job.BatchState;
import io.goose.job.DeliveryState;
import io.goose.job.EncodedEnvelope;
import io.goose.job.JobId;
import io.goose.job.QueuedJob;
import io.goose.spi.Sweep;
import io.goose.spi.WorkerThreads;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.ObservesAsync;
import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.enterprise.inject.spi.DeploymentException;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who is told of the life of jobs, in a container. */
@Timeout(60)
class LifeCycleEventsTest {

    private static final BlockingQueue<Object> SEEN = new LinkedBlockingQueue<>();

    @ApplicationScoped
    static class Shop {
        @Inject
        JobRun run;

        @Job(retryDelay = "fixed:PT0.001S", maxRetries = 1)
        void ship(String to) {
            if (to.equals("nowhere")) {
                throw new IllegalStateException("no such place in run " + run.attempt());
            }
        }
    }

    @ApplicationScoped
    static class Everything {
        void enqueued(@ObservesAsync JobEnqueued event) {
            SEEN.add(event);
        }

        void started(@ObservesAsync JobStarted event) {
            SEEN.add(event);
        }

        void succeeded(@ObservesAsync JobSucceeded event) {
            SEEN.add(event);
        }

        void failed(@ObservesAsync JobFailed event) {
            SEEN.add(event);
        }

        void died(@ObservesAsync JobDied event) {
            SEEN.add(event);
        }

        void rescued(@ObservesAsync JobRescued event) {
            SEEN.add(event);
        }

        void lost(@ObservesAsync BrokerLost event) {
            SEEN.add(event);
        }

        void regained(@ObservesAsync BrokerRegained event) {
            SEEN.add(event);
        }
    }

    @ApplicationScoped
    static class Deaths {
        void died(@ObservesAsync JobDied event) {
            SEEN.add(event);
        }
    }

    @ApplicationScoped
    static class Batches {
        void completed(@ObservesAsync BatchCompleted event) {
            SEEN.add(event);
        }
    }

    @ApplicationScoped
    static class Broken {
        void started(@ObservesAsync JobStarted event) {
            throw new IllegalStateException("this observer is broken");
        }
    }

    @ApplicationScoped
    static class InVain {
        void died(@Observes JobDied event) {
            SEEN.add(event);
        }

        void changed(@ObservesAsync QueueChange event) {
            SEEN.add(event);
        }
    }

    @ApplicationScoped
    static class Losses {
        void lost(@Observes JobLost event) {
            SEEN.add("at once");
        }

        void lostLater(@ObservesAsync JobLost event) {
            SEEN.add("later");
        }
    }

    @BeforeEach
    void forget() {
        SEEN.clear();
    }

    private static <T> T next(Class<T> type) {
        return type.cast(Eventually.next(SEEN));
    }

    @Test
    void aJobIsToldFromItsEnqueuingToItsEnd_inThatOrder() {
        try (TestApplication app =
                TestApplication.with(Shop.class, Everything.class).start()) {
            JobId id = app.get(GooseClient.class).performAsync(Shop::ship, "here");

            List<Object> three = List.of(Eventually.next(SEEN), Eventually.next(SEEN), Eventually.next(SEEN));
            String handler = Shop.class.getName() + "#ship";
            assertThat(three).contains(new JobEnqueued("main", id, handler, "default")); // a worker may be faster
            assertThat(three).contains(new JobStarted("main", id, handler, "default", 1));
            assertThat(three.get(2)).isNotInstanceOf(JobStarted.class);
            assertThat(three)
                    .filteredOn(JobSucceeded.class::isInstance)
                    .singleElement()
                    .satisfies(event -> {
                        JobSucceeded succeeded = (JobSucceeded) event;
                        assertThat(succeeded.id()).isEqualTo(id);
                        assertThat(succeeded.attempt()).isEqualTo(1);
                        assertThat(succeeded.took()).isPositive();
                    });
        }
    }

    @Test
    void failuresAndTheDeathAreTold_andOnlyWhatIsObserved() {
        try (LogCapture log = LogCapture.open();
                TestApplication app =
                        TestApplication.with(Shop.class, Deaths.class).start()) {
            JobId id = app.get(GooseClient.class).performAsync(Shop::ship, "nowhere");

            JobDied died = next(JobDied.class);
            assertThat(died.id()).isEqualTo(id);
            assertThat(died.run()).isEqualTo(new JobDied.Run(Shop.class.getName() + "#ship", "default", 2));
            assertThat(died.failure()).hasMessage("no such place in run 2");
            assertThat(died.isPoison()).isFalse();
            assertThat(SEEN).isEmpty();
            assertThat(log.count("GOOSE-4104")).isEqualTo(1);
        }
    }

    @Test
    void aFailedRunThatIsFollowedByAnother_isAFailure() {
        try (LogCapture log = LogCapture.open();
                TestApplication app =
                        TestApplication.with(Shop.class, Everything.class).start()) {
            app.get(GooseClient.class).performAsync(Shop::ship, "nowhere");

            Eventually.until("it has died", () -> SEEN.stream().anyMatch(JobDied.class::isInstance));
            assertThat(SEEN)
                    .filteredOn(JobFailed.class::isInstance)
                    .singleElement()
                    .satisfies(event -> {
                        assertThat(((JobFailed) event).attempt()).isEqualTo(1);
                        assertThat(((JobFailed) event).failure()).hasMessage("no such place in run 1");
                    });
            assertThat(SEEN).filteredOn(JobStarted.class::isInstance).hasSize(2);
            assertThat(log.count("GOOSE-4105")).isEqualTo(1);
        }
    }

    @Test
    void aBatchIsToldWhenItIsComplete() {
        try (TestApplication app =
                TestApplication.with(Shop.class, Batches.class).start()) {
            BatchId batch = app.get(GooseClient.class)
                    .performBatch(
                            BatchOptions.builder().build(),
                            List.of(JobCall.of(Shop::ship, "here"), JobCall.of(Shop::ship, "there")));

            BatchCompleted completed = next(BatchCompleted.class);
            assertThat(completed.broker()).isEqualTo("main");
            assertThat(completed.status().id()).isEqualTo(batch);
            assertThat(completed.status().state()).isEqualTo(BatchState.SUCCESS);
        }
    }

    @Test
    void whereNobodyObserves_thereIsNoThread() {
        try (TestApplication app =
                TestApplication.with(Shop.class, Losses.class).start()) {
            GooseClient goose = app.get(GooseClient.class);
            JobId id = goose.with(options -> options.keepResult(Duration.ofHours(1)))
                    .performAsync(Shop::ship, "here");
            Eventually.until("it has run", () -> goose.status(id).hasEnded());

            assertThat(app.get(TestApplication.Threads.class).made())
                    .extracting(Thread::getName)
                    .isNotEmpty()
                    .doesNotContain("goose-events");
        }
    }

    @Test
    void anObserverThatFails_endsNeitherTheJobNorTheOthers() {
        try (LogCapture log = LogCapture.open();
                TestApplication app = TestApplication.with(Shop.class, Broken.class, Deaths.class)
                        .start()) {
            app.get(GooseClient.class).performAsync(Shop::ship, "nowhere");

            next(JobDied.class);
            assertThat(log.count("GOOSE-4170")).isEqualTo(1); // of two, for it is said every 30 s
        }
    }

    @Test
    void observersThatWouldNeverBeTold_areMistakes() {
        assertThatThrownBy(() -> TestApplication.with(Shop.class, InVain.class).start())
                .isInstanceOf(DeploymentException.class)
                .hasMessageContaining("GOOSE-2350: " + InVain.class.getName() + " observes JobDied with @Observes")
                .hasMessageContaining("GOOSE-2351: " + InVain.class.getName() + " observes QueueChange");
    }

    @Test
    void lostJobs_areToldToBothKindsOfObservers() {
        try (TestApplication app =
                TestApplication.with(Shop.class, Losses.class).start()) {
            JobLost lost = new JobLost(List.of(), new IllegalStateException("away"));
            new LostEvents(app.get(BeanManager.class)).onLost(lost);
        }
        assertThat(SEEN).containsExactly("at once", "later");
    }

    @ApplicationScoped
    static class BrokenLoss {
        void lost(@Observes JobLost event) {
            throw new IllegalStateException("this observer is broken");
        }
    }

    @Test
    void lostJobs_areToldLater_thoughAnObserverFailsAtOnce() {
        try (TestApplication app =
                TestApplication.with(Shop.class, Losses.class, BrokenLoss.class).start()) {
            JobLost lost = new JobLost(List.of(), new IllegalStateException("away"));
            assertThatThrownBy(() -> new LostEvents(app.get(BeanManager.class)).onLost(lost))
                    .hasMessage("this observer is broken");
        }
        assertThat(SEEN).contains("later");
    }

    @Test
    void whatWorkersFindIsTold() {
        JobId rescued = JobId.of(UUID.randomUUID());
        JobId suspect = JobId.of(UUID.randomUUID());
        JobId buried = JobId.of(UUID.randomUUID());
        RuntimeException away = new BrokerUnavailableException("away", null);
        try (TestApplication app =
                TestApplication.with(Shop.class, Everything.class).start()) {
            LifeCycleEvents events = events(app, ObservedEvents.ALL);
            events.swept("main", new Sweep(List.of(rescued), List.of(suspect), List.of(buried), 0, 0));
            events.brokerLost("main", away);
            events.brokerRegained("main", Duration.ofSeconds(3));
            Eventually.until("all are told", () -> SEEN.size() == 5);
            events.engineStopped();
        }
        assertThat(SEEN)
                .containsExactly(
                        new JobRescued("main", rescued, false),
                        new JobRescued("main", suspect, true),
                        new JobDied("main", buried, null, null),
                        new BrokerLost("main", away),
                        new BrokerRegained("main", Duration.ofSeconds(3)));
        assertThat(new JobDied("main", buried, null, null).isPoison()).isTrue();
    }

    @Test
    void whatFindsNoRoom_isDroppedAndSaid() {
        CountDownLatch mayGoOn = new CountDownLatch(1);
        try (LogCapture log = LogCapture.open();
                TestApplication app =
                        TestApplication.with(Shop.class, Everything.class).start()) {
            CountDownLatch hangs = new CountDownLatch(1);
            JobScope slow = () -> {
                hangs.countDown();
                Eventually.await(mayGoOn);
                return () -> {};
            };
            LifeCycleEvents events = new LifeCycleEvents(
                    Set.of(BrokerRegained.class),
                    app.get(BeanManager.class),
                    slow,
                    new TestThreads(),
                    (broker, id) -> Optional.empty());
            events.brokerRegained("main", Duration.ZERO);
            Eventually.await(hangs);
            for (int i = 0; i < LifeCycleEvents.CAPACITY + 3; i++) {
                events.brokerRegained("main", Duration.ZERO);
            }
            mayGoOn.countDown();
            Eventually.until("it is said", () -> log.count("GOOSE-4171") == 1);
            assertThat(log.messages()).anyMatch(message -> message.contains("what happened 3 times was not told"));
            Eventually.until("the others are told", () -> SEEN.size() == LifeCycleEvents.CAPACITY + 1);
            events.engineStopped();
        }
    }

    @Test
    void ofACallWithManyJobs_whatFindsNoRoomIsDroppedByJobs() {
        CountDownLatch mayGoOn = new CountDownLatch(1);
        try (LogCapture log = LogCapture.open();
                TestApplication app =
                        TestApplication.with(Shop.class, Everything.class).start()) {
            CountDownLatch hangs = new CountDownLatch(1);
            LifeCycleEvents events = events(app, hanging(hangs, mayGoOn), new TestThreads());
            events.brokerRegained("main", Duration.ZERO);
            Eventually.await(hangs);
            EncodedEnvelope envelope = EncodedEnvelope.wrap("{\"handler\":\"a.B#c\"}".getBytes(StandardCharsets.UTF_8));
            List<QueuedJob> jobs = IntStream.range(0, LifeCycleEvents.CAPACITY + 3)
                    .mapToObj(i -> new QueuedJob("bulk", JobId.of(new UUID(1, i)), envelope, DeliveryState.FRESH))
                    .toList();
            events.enqueued(new Enqueuing("main", jobs, Duration.ZERO));
            mayGoOn.countDown();
            Eventually.until("it is said", () -> log.count("GOOSE-4171") == 1);
            assertThat(log.messages()).anyMatch(message -> message.contains("what happened 3 times was not told"));
            Eventually.until("the others are told", () -> SEEN.size() == LifeCycleEvents.CAPACITY + 1);
            events.engineStopped();
        }
    }

    @Test
    void afterAStopThatHasWaitedLongEnough_nothingMoreIsTold() {
        CountDownLatch mayGoOn = new CountDownLatch(1);
        try (LogCapture log = LogCapture.open();
                TestApplication app =
                        TestApplication.with(Shop.class, Everything.class).start()) {
            CountDownLatch hangs = new CountDownLatch(1);
            TestThreads threads = new TestThreads();
            LifeCycleEvents events = events(app, hanging(hangs, mayGoOn), threads);
            for (int i = 0; i < 10; i++) {
                events.brokerRegained("main", Duration.ofSeconds(i));
            }
            Eventually.await(hangs);
            events.engineStopped();
            assertThat(log.count("GOOSE-4172")).isEqualTo(1);
            mayGoOn.countDown();
            Eventually.until("its thread ends", () -> threads.alive().isEmpty());
            assertThat(SEEN)
                    .containsOnlyOnce(new BrokerRegained("main", Duration.ZERO))
                    .hasSize(1);
        }
    }

    @Test
    void aThreadThatCannotBeMade_isTriedAgain_alsoAfterAnError() {
        AtomicInteger tries = new AtomicInteger();
        TestThreads threads = new TestThreads();
        WorkerThreads scarce = (name, body) -> {
            if (tries.incrementAndGet() == 1) {
                throw new OutOfMemoryError("unable to create native thread");
            }
            return threads.newThread(name, body);
        };
        try (TestApplication app =
                TestApplication.with(Shop.class, Everything.class).start()) {
            LifeCycleEvents events = events(app, JobScope.NONE, scarce);
            events.brokerRegained("main", Duration.ZERO);
            Eventually.until("what came meanwhile is told too", () -> {
                events.brokerRegained("main", Duration.ofSeconds(1));
                return SEEN.contains(new BrokerRegained("main", Duration.ZERO));
            });
            assertThat(tries).hasValue(2);
            events.engineStopped();
        }
    }

    /** The scope of an observer that takes no notice of interrupts. */
    private static JobScope hanging(CountDownLatch hangs, CountDownLatch mayGoOn) {
        return () -> {
            hangs.countDown();
            Eventually.awaitStubbornly(mayGoOn);
            return () -> {};
        };
    }

    private static LifeCycleEvents events(TestApplication app, JobScope scope, WorkerThreads threads) {
        return new LifeCycleEvents(
                ObservedEvents.ALL, app.get(BeanManager.class), scope, threads, (broker, id) -> Optional.empty());
    }

    private static LifeCycleEvents events(TestApplication app, Set<Class<?>> observed) {
        return new LifeCycleEvents(
                observed,
                app.get(BeanManager.class),
                JobScope.NONE,
                new TestThreads(),
                (broker, id) -> Optional.empty());
    }
}
