package io.goose.engine.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.goose.BrokerUnavailableException;
import io.goose.CronEntry;
import io.goose.EnqueueInvocation;
import io.goose.EnqueueMiddleware;
import io.goose.EnqueueOutcomeUnknownException;
import io.goose.EnqueueRejectedException;
import io.goose.GooseClient;
import io.goose.Job;
import io.goose.JobCall;
import io.goose.JobOptions;
import io.goose.JobStatus;
import io.goose.PartlyEnqueuedException;
import io.goose.RetryDelay;
import io.goose.Unique;
import io.goose.UnsupportedCapabilityException;
import io.goose.broker.memory.MemoryBroker;
import io.goose.engine.Eventually;
import io.goose.engine.ManualClock;
import io.goose.engine.TestCodec;
import io.goose.engine.TestEngine;
import io.goose.engine.TestThreads;
import io.goose.engine.batch.Batches;
import io.goose.engine.batch.Workflows;
import io.goose.engine.handler.JobCatalogue;
import io.goose.engine.handler.JobDefinition;
import io.goose.engine.observe.Observation;
import io.goose.job.CancelResult;
import io.goose.job.DeliveryState;
import io.goose.job.Envelope;
import io.goose.job.EnvelopeCodec;
import io.goose.job.JobId;
import io.goose.job.Lane;
import io.goose.job.QueuedJob;
import io.goose.job.UndecodableEnvelopeException;
import io.goose.spi.SendResult;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(180)
class EngineClientTest {

    private final ManualClock clock = new ManualClock();
    private final List<QueuedJob> sent = Collections.synchronizedList(new ArrayList<>());
    private final List<Integer> batches = Collections.synchronizedList(new ArrayList<>());
    private final List<JobDefinition> jobs = new ArrayList<>();
    private final List<EnqueueMiddleware> middlewares = new ArrayList<>();
    private Function<QueuedJob, SendResult> answer = job -> SendResult.Accepted.INSTANCE;
    private int maxSize = 262_144;

    private EngineClient client() {
        return client("main", name -> {
            throw new IllegalArgumentException("no broker is called '" + name + "'");
        });
    }

    private EngineClient client(String broker, Function<String, EngineClient> others) {
        List<String> problems = new ArrayList<>();
        JobFactory factory = new JobFactory(
                JobCatalogue.of(jobs, problems),
                TestCodec.JSON,
                clock,
                new JobFactory.Limits(27, maxSize, Duration.ofHours(1)),
                "here");
        SendingTransport transport = SendingTransport.answering(many -> {
            sent.addAll(many);
            batches.add(many.size());
            return many.stream().map(answer).toList();
        });
        return client(broker, transport, factory, middlewares, others);
    }

    private EngineClient client(
            String broker,
            SendingTransport transport,
            JobFactory factory,
            List<EnqueueMiddleware> around,
            Function<String, EngineClient> others) {
        return new EngineClient(new EngineClient.Parts(
                broker,
                transport,
                factory,
                around,
                clock,
                TransactionBinding.NONE,
                this::register,
                id -> CancelResult.NOT_FOUND,
                new Batches(MemoryBroker.withClock(clock), Observation.OFF),
                new Workflows(
                        MemoryBroker.withClock(clock),
                        new Batches(MemoryBroker.withClock(clock), Observation.OFF),
                        id -> JobStatus.unknown(id),
                        id -> CancelResult.NOT_FOUND,
                        1000),
                new Looking(MemoryBroker.withClock(clock), List.of(), new Awaiting(new TestThreads())),
                others,
                Observation.OFF));
    }

    private CronEntry register(CronEntry entry, QueuedJob job) {
        sent.add(job);
        return entry;
    }

    private void job(String name, JobOptions options, Set<String> signatures, Class<?>... parameters) {
        jobs.add(new JobDefinition(
                name,
                Set.of(),
                signatures,
                List.of(parameters),
                new JobDefinition.Settings(options, List.of(), false, arguments -> null, "bean of " + name)));
    }

    private QueuedJob only() {
        assertThat(sent).hasSize(1);
        return sent.get(0);
    }

    private static Envelope envelope(QueuedJob job) {
        try {
            return new EnvelopeCodec().decode(job.envelope());
        } catch (UndecodableEnvelopeException bad) {
            throw new AssertionError("the client wrote an envelope that cannot be read", bad);
        }
    }

    interface Mail {
        @Job(queue = "declared", maxRetries = 5, retryDelay = "fixed:PT5S")
        void send(String to);
    }

    @Test
    void aUniqueJobIsRefusedWhereItCannotBeKeptSo() {
        GooseClient client = client().with(o -> o.unique(Unique.untilEnded()));

        assertThatThrownBy(() -> client.performAsync(JobCall.of("x")))
                .isInstanceOf(UnsupportedCapabilityException.class)
                .hasMessageStartingWith("GOOSE-2270")
                .hasMessageContaining("sending only");
        assertThatThrownBy(() -> client.performAll(List.of(JobCall.of("x"), JobCall.of("x"))))
                .hasMessageStartingWith("GOOSE-2270");
        assertThat(sent).isEmpty();
    }

    @Test
    void aJobHasTheBuiltInSettingsWhereNobodySaysOtherwise() {
        JobId id = client().performAsync(JobCall.of("x", "a", 1, null));

        Envelope envelope = envelope(only());
        assertThat(only().queue()).isEqualTo("default");
        assertThat(only().state()).isEqualTo(DeliveryState.FRESH);
        assertThat(only().marked()).isFalse();
        assertThat(envelope.id()).isEqualTo(id).isEqualTo(only().id());
        assertThat(UUID.fromString(id.value()).version()).isEqualTo(7);
        assertThat(envelope.handler()).isEqualTo("x");
        assertThat(envelope.args()).hasToString("[\"a\",1,null]");
        assertThat(envelope.encoding()).isEqualTo("json");
        assertThat(envelope.retry()).contains(new Envelope.Retry(27, null, false, null));
        assertThat(envelope.enqueuedAt()).isEqualTo(clock.instant());
        assertThat(envelope.origin().orElseThrow().host()).isEqualTo("here");
    }

    @Test
    void theCallPrecedesTheJobsOwnAnnotationWhichPrecedesTheOneThatTheCallerSees() {
        String signature = Mail.class.getName() + "#send(java.lang.String)";
        EngineClient withoutBean = client();
        withoutBean.performAsync(Mail::send, "a"); // only the interface is known here
        assertThat(only().queue()).isEqualTo("declared");
        assertThat(envelope(only()).retry()).contains(new Envelope.Retry(5, null, false, "fixed:PT5S"));
        assertThat(envelope(only()).handler()).isEqualTo(Mail.class.getName() + "#send");

        sent.clear();
        job("impl-send", JobOptions.builder().queue("of-the-bean").build(), Set.of(signature), String.class);
        GooseClient withBean = client();
        withBean.performAsync(Mail::send, "a");
        assertThat(only().queue()).isEqualTo("of-the-bean");
        assertThat(envelope(only()).handler()).isEqualTo("impl-send");
        assertThat(envelope(only()).retry().orElseThrow().max()).isEqualTo(27);

        sent.clear();
        withBean.with(o -> o.queue("called").maxRetries(1).skipDead(true))
                .with(o -> o.retryQueue("again").tags("t"))
                .performAsync(Mail::send, "a");
        assertThat(only().queue()).isEqualTo("called");
        assertThat(envelope(only()).retry()).contains(new Envelope.Retry(1, "again", true, null));
        assertThat(envelope(only()).tags()).containsExactly("t");
    }

    @Test
    void aCallsStandardDelayPrecedesADeclaredOne() {
        client().with(o -> o.retryDelay(RetryDelay.standard())).performAsync(Mail::send, "a");
        assertThat(envelope(only()).retry().orElseThrow().policy()).isNull();
    }

    @Test
    void scheduledJobsAndThoseForTheFrontGoToTheFront() {
        client().performIn(Duration.ofMinutes(2), JobCall.of("x"));
        assertThat(only().state().lane()).isEqualTo(Lane.FRONT);
        assertThat(only().state().notBefore()).isEqualTo(clock.instant().plusSeconds(120));
        assertThat(envelope(only()).runAt()).contains(clock.instant().plusSeconds(120));
        sent.clear();
        client().performIn(Duration.ofMinutes(-2), JobCall.of("x"));
        assertThat(only().state().notBefore()).isEqualTo(clock.instant().minusSeconds(120));
        sent.clear();
        client().with(JobOptions.builder().front().build()).performAsync(JobCall.of("x"));
        assertThat(only().state()).isEqualTo(DeliveryState.FRESH.withLane(Lane.FRONT));
        assertThat(envelope(only()).lane()).isEqualTo(Lane.FRONT);
    }

    @Test
    void anEnvelopeThatIsTooLargeIsRefusedWithItsSizeAndTheProperty() {
        maxSize = 400;
        client().performAsync(JobCall.of("x", "short"));
        sent.clear();
        assertThatThrownBy(() -> client().performAsync(JobCall.of("x", "y".repeat(400))))
                .isInstanceOfSatisfying(EnqueueRejectedException.class, refused -> assertThat(refused.code())
                        .isEqualTo("GOOSE-1013"))
                .hasMessageContaining("goose.job.max-size=400")
                .hasMessageNotContaining("yyyy");
        assertThat(sent).isEmpty();
    }

    @Test
    void tooFewOrTooManyArgumentsAreRefused() {
        job("two", JobOptions.NONE, Set.of(), String.class, int.class);
        for (JobCall call : List.of(JobCall.of("two", "a"), JobCall.of("two", "a", 1, 2))) {
            assertThatThrownBy(() -> client().performAsync(call))
                    .isInstanceOf(EnqueueRejectedException.class)
                    .hasMessageContaining("GOOSE-1011")
                    .hasMessageContaining("2 parameters");
        }
        assertThat(sent).isEmpty();
    }

    @Test
    void anArgumentThatCannotBeEncodedIsRefusedWithoutItsValue() {
        assertThatThrownBy(() -> client().performAsync(JobCall.of("x", "ok", Thread.currentThread())))
                .isInstanceOf(EnqueueRejectedException.class)
                .hasMessageContaining("GOOSE-1012")
                .hasMessageContaining("argument 1");
        assertThat(sent).isEmpty();
    }

    @Test
    void aReferenceThatFitsTwoJobsIsRefusedWithBothAndTheMend() {
        String signature = Mail.class.getName() + "#send(java.lang.String)";
        job("one", JobOptions.NONE, Set.of(signature), String.class);
        job("two", JobOptions.NONE, Set.of(signature), String.class);
        assertThatThrownBy(() -> client().performAsync(Mail::send, "a"))
                .isInstanceOf(EnqueueRejectedException.class)
                .hasMessageContainingAll("GOOSE-1010", "bean of one", "bean of two", "JobCall.of(");
    }

    @Test
    void theCallerMayChooseTheId() {
        JobId mine = JobId.of(UUID.randomUUID());
        assertThat(client().with(o -> o.id(mine)).performAsync(JobCall.of("x"))).isEqualTo(mine);
        assertThat(only().id()).isEqualTo(mine);
        assertThat(only().marked()).as("a repeat is known as such").isTrue();

        answer = job -> new SendResult.Exists(job.id());
        assertThat(client().with(o -> o.id(mine)).performAsync(JobCall.of("x"))).isEqualTo(mine);
        assertThatThrownBy(() -> client().with(o -> o.id(mine)).performAll(List.of(JobCall.of("x"), JobCall.of("x"))))
                .hasMessageContaining("GOOSE-1014");
    }

    @Test
    void repeatingACallWithItsIdEnqueuesNothingEvenAfterTheJobRan() {
        AtomicInteger runs = new AtomicInteger();
        try (TestEngine engine = TestEngine.on(MemoryBroker.withClock(InstantSource.system()))
                .job("once", arguments -> runs.incrementAndGet())
                .start()) {
            JobId mine = JobId.of(UUID.randomUUID());
            GooseClient client = engine.client().with(o -> o.id(mine));
            client.performAsync(JobCall.of("once"));
            engine.drained("default");
            assertThat(client.performAsync(JobCall.of("once"))).isEqualTo(mine);
            engine.client().performAsync(JobCall.of("once"));
            engine.drained("default");
            assertThat(runs).as("the repeated one, and another").hasValue(2);
        }
    }

    @Test
    void anUnknownOutcomeCarriesTheIdToRepeatTheCallWith() {
        IllegalStateException cause = new IllegalStateException("connection reset");
        answer = job -> new SendResult.Unknown(true, cause);
        EnqueueOutcomeUnknownException unknown = catchThrowableOfType(
                EnqueueOutcomeUnknownException.class, () -> client().performAsync(JobCall.of("x")));
        assertThat(unknown.id()).isEqualTo(only().id());
        assertThat(unknown)
                .hasCause(cause)
                .hasMessageStartingWith("GOOSE-1016: the broker did not confirm it, so it is unknown whether job ")
                .hasMessageContaining("connection reset");
    }

    @Test
    void aJobThatWasNotSentIsTheBrokersAbsence() {
        answer = job -> new SendResult.Unknown(false, new IllegalStateException("refused"));
        assertThatThrownBy(() -> client().performAsync(JobCall.of("x")))
                .isInstanceOf(BrokerUnavailableException.class)
                .hasMessageContaining("GOOSE-1015");
    }

    @Test
    void theBrokersRefusalHasItsCodeOnce() {
        answer = job -> new SendResult.Rejected("GOOSE-3001", "GOOSE-3001: the disk is full");
        assertThatThrownBy(() -> client().performAsync(JobCall.of("x")))
                .isInstanceOfSatisfying(EnqueueRejectedException.class, refused -> {
                    assertThat(refused.code()).isEqualTo("GOOSE-3001");
                    assertThat(refused.id()).isEqualTo(only().id());
                })
                .hasMessageMatching("GOOSE-3001: cannot enqueue job .* to queue 'default': the disk is full");
    }

    @Test
    void manyJobsAreSentInOrderAndAtMost500AtATime() {
        List<JobId> ids = client().performAll(IntStream.range(0, 1_234)
                .mapToObj(i -> JobCall.of("x", i))
                .toList());
        assertThat(batches).containsExactly(500, 500, 234);
        assertThat(sent).extracting(QueuedJob::id).containsExactlyElementsOf(ids);
        assertThat(envelope(sent.get(777)).args()).hasToString("[777]");
        assertThat(client().performAll(List.of())).isEmpty();
    }

    @Test
    void oneOfManyThatIsRefusedIsReportedAfterAllWereSent() {
        answer = job -> envelope(job).args().getInt(0) == 3
                ? new SendResult.Rejected("GOOSE-9999", "not this one")
                : SendResult.Accepted.INSTANCE;
        assertThatThrownBy(() -> client().performAll(IntStream.range(0, 600)
                        .mapToObj(i -> JobCall.of("x", i))
                        .toList()))
                .isInstanceOfSatisfying(PartlyEnqueuedException.class, partly -> {
                    assertThat(partly.results()).hasSize(600);
                    for (int i = 0; i < 600; i++) {
                        PartlyEnqueuedException.Result result = partly.results().get(i);
                        assertThat(result.id()).isEqualTo(sent.get(i).id());
                        if (i == 3) {
                            assertThat(result.failure()).isInstanceOf(EnqueueRejectedException.class);
                        } else {
                            assertThat(result.failure()).isNull();
                        }
                    }
                })
                .hasMessageContainingAll("GOOSE-1019", "of 600 jobs 1 ", "GOOSE-9999")
                .hasCauseInstanceOf(EnqueueRejectedException.class);
        assertThat(sent).hasSize(600);
    }

    @Test
    void manyJobsOverATransportThatBreaksHaveAnUnknownOutcome() {
        JobFactory factory = new JobFactory(
                JobCatalogue.EMPTY,
                TestCodec.JSON,
                clock,
                new JobFactory.Limits(27, maxSize, Duration.ofHours(1)),
                "here");
        EngineClient broken = client(
                "main",
                new SendingTransport(many -> CompletableFuture.failedFuture(new IllegalStateException("torn"))),
                factory,
                List.of(),
                name -> {
                    throw new IllegalArgumentException(name);
                });
        assertThatThrownBy(() -> broken.performAll(List.of(JobCall.of("x"), JobCall.of("x"))))
                .isInstanceOfSatisfying(PartlyEnqueuedException.class, partly -> assertThat(partly.results())
                        .hasSize(2)
                        .allSatisfy(result ->
                                assertThat(result.failure()).isInstanceOf(EnqueueOutcomeUnknownException.class)))
                .hasRootCauseMessage("torn");
    }

    @Test
    void aRecurringJobPassesTheEnqueueMiddlewaresOnceAndHasNoIdOfTheCallers() {
        middlewares.add(next -> next.proceed(
                next.call(),
                next.options()
                        .or(JobOptions.builder()
                                .queue("chosen")
                                .header("a", "b")
                                .build())));
        CronEntry entry = CronEntry.named("digest").schedule("@daily");

        assertThat(client().performEvery(entry, JobCall.of("x", 7))).isEqualTo(entry);

        assertThat(only().queue()).isEqualTo("chosen");
        assertThat(envelope(only()).headers()).containsEntry("a", "b");
        assertThatThrownBy(() -> client().with(o -> o.id(JobId.random())).performEvery(entry, JobCall.of("x")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("GOOSE-2230");
        assertThat(sent).hasSize(1);
    }

    @Test
    void enqueueMiddlewaresWrapInOrderAndMayChangeCallAndOptions() {
        List<String> order = new ArrayList<>();
        middlewares.add(invocation -> {
            order.add("outer " + invocation.broker() + " " + invocation.runAt().isPresent() + " "
                    + invocation.options().queue().orElse("-"));
            return invocation.proceed(
                    invocation.call(),
                    JobOptions.builder().queue("moved").header("who", "me").build());
        });
        middlewares.add(invocation -> {
            order.add("inner " + invocation.options().queue().orElse("-"));
            return invocation.proceed(JobCall.of("other", "replaced"), invocation.options());
        });
        client().with(o -> o.queue("asked")).performAsync(JobCall.of("x"));

        assertThat(order).containsExactly("outer main false asked", "inner moved");
        assertThat(only().queue()).isEqualTo("moved");
        assertThat(envelope(only()).handler()).isEqualTo("other");
        assertThat(envelope(only()).args()).hasToString("[\"replaced\"]");
        assertThat(envelope(only()).headers()).isEqualTo(Map.of("who", "me"));
    }

    @Test
    void aMiddlewareWrapsEachOfManyJobsAndTheyAreStillSentTogether() {
        AtomicInteger wrapped = new AtomicInteger();
        middlewares.add(invocation -> {
            wrapped.incrementAndGet();
            return invocation.proceed();
        });
        client().performAll(Collections.nCopies(10, JobCall.of("x")));
        assertThat(wrapped).hasValue(10);
        assertThat(batches).containsExactly(10);
    }

    @Test
    void aMiddlewareThatThrowsReachesTheCallerAndNothingIsSent() {
        middlewares.add(invocation -> {
            throw new SecurityException("no");
        });
        assertThatThrownBy(() -> client().performAsync(JobCall.of("x"))).isInstanceOf(SecurityException.class);
        assertThatThrownBy(() -> client().performAll(List.of(JobCall.of("x")))).isInstanceOf(SecurityException.class);
        assertThat(sent).isEmpty();
    }

    @Test
    void aMiddlewareMaySendNothing() {
        JobId instead = JobId.of(UUID.randomUUID());
        middlewares.add((EnqueueInvocation invocation) -> instead);
        assertThat(client().performAsync(JobCall.of("x"))).isEqualTo(instead);
        assertThat(sent).isEmpty();
    }

    @Test
    void viaGoesToAnotherBrokerWithTheSameOptions() {
        List<String> names = new ArrayList<>();
        EngineClient reports = client("reports", name -> {
            throw new IllegalArgumentException(name);
        });
        EngineClient main = client("main", name -> {
            names.add(name);
            return reports;
        });
        middlewares.add(invocation -> {
            names.add(invocation.broker());
            return invocation.proceed();
        });
        GooseClient via = main.with(o -> o.queue("q")).via("reports");
        via.performAsync(JobCall.of("x"));
        assertThat(names).as("asked for, and seen by the middleware").containsExactly("reports", "reports");
        assertThat(only().queue()).isEqualTo("q");
        assertThat(via).hasToString("GooseClient[reports]");
        assertThatThrownBy(() -> client().via("nowhere")).hasMessageContaining("nowhere");
    }

    @Test
    void concurrentCallersThroughOneClientAllGetTheirOwnId() throws Exception {
        EngineClient client = client();
        List<JobId> ids = Collections.synchronizedList(new ArrayList<>());
        List<Thread> threads = IntStream.range(0, 25)
                .mapToObj(i -> new Thread(() -> {
                    for (int n = 0; n < 100; n++) {
                        ids.add(client.performAsync(JobCall.of("x", n)));
                    }
                }))
                .toList();
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join(Eventually.PATIENCE.toMillis());
        }
        assertThat(ids).hasSize(2_500).doesNotHaveDuplicates();
        assertThat(sent).extracting(QueuedJob::id).containsExactlyInAnyOrderElementsOf(ids);
    }

    interface Plain {
        void send(String to);
    }

    @Test
    void aReferenceToAMethodThatIsNoJobAnywhereIsRefused() {
        for (org.assertj.core.api.ThrowableAssert.ThrowingCallable call :
                List.<org.assertj.core.api.ThrowableAssert.ThrowingCallable>of(
                        () -> client().performAsync(Plain::send, "a"),
                        () -> client().performAll(List.of(JobCall.of("x"), JobCall.of(Plain::send, "a"))))) {
            assertThatThrownBy(call)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContainingAll("GOOSE-1001", Plain.class.getName() + "#send", "@Job");
        }
        assertThat(sent).isEmpty();

        // An extension may have made it a job, without an annotation that can be seen here.
        job("made", JobOptions.NONE, Set.of(Plain.class.getName() + "#send(java.lang.String)"), String.class);
        client().performAsync(Plain::send, "a");
        assertThat(envelope(only()).handler()).isEqualTo("made");
    }

    @Test
    void theAnnotationOfTheCallThatIsEnqueuedInTheEndCounts() {
        List<JobOptions> seen = new ArrayList<>();
        middlewares.add(invocation -> {
            seen.add(invocation.options());
            seen.add(invocation.declared());
            return invocation.proceed(JobCall.of(Mail::send, "a"), invocation.options());
        });
        middlewares.add(invocation -> {
            seen.add(invocation.declared());
            return invocation.proceed();
        });
        job("other", JobOptions.builder().queue("of-the-other").maxRetries(1).build(), Set.of());
        client().with(o -> o.maxRetries(9)).performAsync(JobCall.of("other"));

        assertThat(seen.get(0).queue()).as("what the caller set").isEmpty();
        assertThat(seen.get(1).queue()).contains("of-the-other");
        assertThat(seen.get(2).queue()).contains("declared");
        assertThat(only().queue()).isEqualTo("declared");
        assertThat(envelope(only()).retry()).contains(new Envelope.Retry(9, null, false, "fixed:PT5S"));
    }

    @Test
    void onlyAnIdThatWasChosenBeforeMakesRepeatingSafeAndTheMessageSaysSo() {
        answer = job -> new SendResult.Unknown(true, new IllegalStateException("connection reset"));
        assertThatThrownBy(() -> client().performAsync(JobCall.of("x")))
                .isInstanceOf(EnqueueOutcomeUnknownException.class)
                .hasMessageContaining("runs twice if it has run meanwhile");
        assertThatThrownBy(() -> client().with(o -> o.id(JobId.random())).performAsync(JobCall.of("x")))
                .isInstanceOf(EnqueueOutcomeUnknownException.class)
                .hasMessageContaining("which does not enqueue it twice")
                .hasMessageNotContaining("runs twice");
    }

    @Test
    void aTimeThatThereIsNotIsRefused() {
        assertThatThrownBy(() -> client().performIn(Duration.ofSeconds(Long.MAX_VALUE), JobCall.of("x")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("GOOSE-1009");
        assertThatThrownBy(() -> client().performIn(Duration.ofDays(200_000_000), JobCall.of("x")))
                .isInstanceOf(EnqueueRejectedException.class)
                .hasMessageContaining("GOOSE-1018");
        assertThat(sent).isEmpty();
    }

    @Test
    void manyOfWhichNoneCouldBeSentAreTheBrokersAbsence() {
        answer = job -> new SendResult.Unknown(false, new IllegalStateException("refused"));
        assertThatThrownBy(() -> client().performAll(List.of(JobCall.of("x"), JobCall.of("x"))))
                .isInstanceOf(BrokerUnavailableException.class);
        answer = job -> new SendResult.Rejected("GOOSE-9999", "not this one");
        assertThatThrownBy(() -> client().performAll(List.of(JobCall.of("x"))))
                .as("one alone fails as with performAsync")
                .isInstanceOf(EnqueueRejectedException.class);
    }
}
