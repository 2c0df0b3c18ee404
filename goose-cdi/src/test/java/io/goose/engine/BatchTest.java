package io.goose.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.goose.Batch;
import io.goose.BatchOptions;
import io.goose.BatchOverException;
import io.goose.BrokerUnavailableException;
import io.goose.GooseClient;
import io.goose.JobCall;
import io.goose.JobRun;
import io.goose.RetryDelay;
import io.goose.Unique;
import io.goose.UnsupportedCapabilityException;
import io.goose.admin.BatchAdmin;
import io.goose.admin.Place;
import io.goose.admin.StoredJob;
import io.goose.broker.memory.MemoryBroker;
import io.goose.job.BatchId;
import io.goose.job.BatchState;
import io.goose.job.BatchStatus;
import io.goose.job.Envelope;
import io.goose.job.EnvelopeCodec;
import io.goose.job.JobId;
import io.goose.job.UndecodableEnvelopeException;
import io.goose.tck.BareTransport;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Batches through whole engines: clients, workers and what becomes of failures. */
@Timeout(180)
final class BatchTest {

    private final MemoryBroker broker = MemoryBroker.withClock(InstantSource.system());
    private final BlockingQueue<String> called = new LinkedBlockingQueue<>();
    private final AtomicInteger sum = new AtomicInteger();
    private final Set<Integer> failedOnce = ConcurrentHashMap.newKeySet();
    private final AtomicReference<TestEngine> running = new AtomicReference<>();
    private final CountDownLatch hold = new CountDownLatch(1);
    private final List<TestEngine> engines = new ArrayList<>();

    private TestEngine.Builder engine() {
        return TestEngine.on(broker.connect())
                .delay("none", (retry, failure) -> Duration.ZERO)
                .job("add", arguments -> sum.addAndGet((int) arguments.get(0)), int.class)
                .job("fail", this::fail, int.class)
                .job("failOnce", this::failOnce, int.class)
                .job("hold", arguments -> awaited())
                .job("grow", arguments -> grown())
                .job(
                        "done",
                        arguments -> called.add(arguments.get(0) + " " + arguments.get(1)),
                        String.class,
                        String.class)
                .job("note", arguments -> called.add(String.valueOf(arguments.get(0))), String.class);
    }

    private Object fail(List<?> arguments) {
        throw new ArithmeticException("job " + arguments.get(0));
    }

    private Object failOnce(List<?> arguments) {
        if (failedOnce.add((int) arguments.get(0))) {
            throw new ArithmeticException("job " + arguments.get(0) + " for once");
        }
        return sum.addAndGet((int) arguments.get(0));
    }

    private Object awaited() throws InterruptedException {
        hold.await();
        return "held";
    }

    /** Adds two jobs to the batch of the run. */
    private int grown() {
        JobRun run = running.get().engine().currentRun();
        return running.get().client().batch(run.batch().orElseThrow()).add(call("add", 10), call("add", 20));
    }

    private TestEngine closedLater(TestEngine engine) {
        engines.add(engine);
        running.set(engine);
        return engine;
    }

    private TestEngine worker() {
        return closedLater(engine().start());
    }

    private TestEngine client() {
        return closedLater(engine().clientOnly().start());
    }

    @AfterEach
    void close() {
        hold.countDown();
        engines.forEach(TestEngine::close);
    }

    private static JobCall call(String name, Object... arguments) {
        return JobCall.of(name, arguments);
    }

    private static Stream<JobCall> calls(String name, int from, int to) {
        return IntStream.rangeClosed(from, to).mapToObj(i -> call(name, i));
    }

    private static GooseClient retrying(GooseClient client, int retries) {
        return client.with(o -> o.maxRetries(retries).retryDelay(RetryDelay.named("none")));
    }

    private BatchStatus status(BatchId id) {
        return running.get().client().batch(id).status().orElseThrow();
    }

    private void assertCalled(BatchId id, BatchState state) throws InterruptedException {
        assertThat(called.take()).isEqualTo(id + " " + state.text());
        running.get().drained("default");
        assertThat(called).isEmpty();
        assertThat(status(id).state()).isEqualTo(state);
        assertThat(status(id).completed()).isNotNull();
    }

    // --- 6.2 perform-batch-test

    @Test
    @DisplayName("6.2 perform-batch-test, Enqueued -> Success")
    void jobsThatSucceed() throws InterruptedException {
        BatchId id = worker().client().performBatch(b -> b.onComplete("done"), calls("add", 1, 19));

        assertCalled(id, BatchState.SUCCESS);
        assertThat(sum).hasValue(190);
        assertThat(status(id).counts()).isEqualTo(new BatchStatus.Counts(19, 0, 19, 0, 0));
    }

    @Test
    @DisplayName("6.2 perform-batch-test, Enqueued -> Retrying -> Success")
    void jobsThatFailOnce() throws InterruptedException {
        BatchId id = retrying(worker().client(), 1).performBatch(b -> b.onComplete("done"), calls("failOnce", 1, 2));

        assertCalled(id, BatchState.SUCCESS);
        assertThat(sum).hasValue(3);
    }

    @Test
    @DisplayName("6.2 perform-batch-test, Enqueued -> Retrying -> Dead, and Enqueued -> Dead")
    void jobsThatDie() throws InterruptedException {
        GooseClient client = worker().client();

        BatchId retried = retrying(client, 1).performBatch(b -> b.onComplete("done"), calls("fail", 1, 2));
        assertCalled(retried, BatchState.DEAD);
        BatchId atOnce = retrying(client, 0).performBatch(b -> b.onComplete("done"), calls("fail", 3, 4));
        assertCalled(atOnce, BatchState.DEAD);

        assertThat(status(retried).counts()).isEqualTo(new BatchStatus.Counts(2, 0, 0, 2, 0));
    }

    @Test
    @DisplayName(
            "6.2 perform-batch-test, Partial Success; R17: a job whose death leaves nothing behind is counted as dead")
    void someJobsDie() throws InterruptedException {
        BatchId id = retrying(worker().client(), 0)
                .with(o -> o.skipDead(true))
                .performBatch(b -> b.onComplete("done"), List.of(call("add", 1), call("fail", 2)));

        assertCalled(id, BatchState.PARTIAL_SUCCESS);
        assertThat(status(id).counts()).isEqualTo(new BatchStatus.Counts(2, 0, 1, 1, 0));
        assertThat(running.get().stats("default").dead()).isZero();
    }

    @Test
    @DisplayName("6.3 batch-test: what a batch says before it runs, and when it is deleted")
    void aBatchThatDoesNotRun() {
        GooseClient client = client().client();

        BatchId id = client.performBatch(BatchOptions.NONE, List.of(call("add", 1)));

        assertThat(status(id).state()).isEqualTo(BatchState.IN_PROGRESS);
        assertThat(status(id).counts()).isEqualTo(new BatchStatus.Counts(1, 0, 0, 0, 0));
        assertThat(client.batch(id).delete()).isTrue();
        assertThat(client.batch(id).status()).isEmpty();
        assertThat(running.get().stats("default").waiting()).isZero();
        assertThat(client.batch(id).delete()).isFalse();
        assertThat(client.batch(BatchId.draw(Instant.now())).status()).isEmpty();
    }

    @Test
    @DisplayName(
            "6.3 batch-test: a batch that is deleted takes what waits, what is to be retried and what went to a retry queue")
    void aBatchThatIsDeleted_takesItsJobsFromWhereverTheyAre() {
        TestEngine engine = worker();
        GooseClient client = engine.client();

        BatchId id = client.with(o -> o.queue("idle")).performBatch(BatchOptions.NONE, List.of(call("add", 1)));
        client.with(o -> o.maxRetries(1).retryDelay(RetryDelay.fixed(Duration.ofHours(1))))
                .batch(id)
                .add(call("fail", 1));
        retrying(client, 1).with(o -> o.retryQueue("again")).batch(id).add(call("fail", 2));
        Eventually.until("two are to be retried", () -> status(id).counts().retrying() == 2);
        assertThat(engine.stats("default").scheduled()).isEqualTo(1);
        assertThat(engine.stats("again").waiting()).isEqualTo(1);
        assertThat(engine.stats("idle").waiting()).isEqualTo(1);

        assertThat(client.batch(id).delete()).isTrue();

        assertThat(client.batch(id).status()).isEmpty();
        assertThat(engine.stats("default").scheduled()).isZero();
        assertThat(engine.stats("again").waiting()).isZero();
        assertThat(engine.stats("idle").waiting()).isZero();
    }

    @Test
    @DisplayName("6.3 batch-test: a batch that is not to linger is gone when it is completed")
    void aBatchThatDoesNotLinger() throws InterruptedException {
        BatchId id =
                worker().client().performBatch(b -> b.onComplete("done").linger(Duration.ZERO), calls("add", 1, 2));

        assertThat(called.take()).isEqualTo(id + " success");
        assertThat(running.get().client().batch(id).status()).isEmpty();
    }

    // --- callbacks

    @Test
    void callbacks_areChosenByTheState_andGoToTheFrontOfTheBatchesQueue() {
        GooseClient client = client().client();
        client.with(o -> o.queue("other")).performAsync(call("add", 1));
        BatchOptions options = BatchOptions.builder()
                .queue("other")
                .onComplete("done")
                .onSuccess(call("note", "well done"))
                .onDead(call("note", "too bad"))
                .build();

        BatchId id = client.performBatch(options, List.of());

        List<StoredJob> waiting = broker.list("other", Place.WAITING, 0, 10);
        assertThat(waiting).extracting(stored -> envelope(stored).handler()).containsExactly("done", "note", "add");
        assertThat(waiting.get(0).job().id()).isEqualTo(id.callback(0));
        assertThat(envelope(waiting.get(1)).args().toString()).isEqualTo("[\"well done\"]");
        assertThat(BatchId.ofMember(waiting.get(0).job().id())).isEmpty();
    }

    private static Envelope envelope(StoredJob stored) {
        try {
            return new EnvelopeCodec().decode(stored.job().envelope());
        } catch (UndecodableEnvelopeException bad) {
            throw new AssertionError(bad);
        }
    }

    @Test
    @DisplayName("R22: an empty batch is completed at once")
    void anEmptyBatch() throws InterruptedException {
        BatchId id = worker().client().performBatch(b -> b.onComplete("done"), Stream.empty());

        assertCalled(id, BatchState.SUCCESS);
    }

    // --- making

    @Test
    void jobsSayWhichMembersTheyAre_andKeepTheirOptions() {
        GooseClient client = client().client().with(o -> o.queue("mail").maxRetries(3));

        BatchId id = client.performBatch(b -> b.runIn(Duration.ofHours(1)), List.of(call("add", 1), call("note", "x")));

        List<StoredJob> scheduled = broker.list("mail", Place.SCHEDULED, 0, 10);
        assertThat(scheduled).hasSize(2);
        Envelope second = envelope(scheduled.get(1));
        assertThat(second.batch()).contains(new Envelope.Batch(id.asJobId(), 1));
        assertThat(second.id()).isEqualTo(id.member(1));
        assertThat(second.retry().orElseThrow().max()).isEqualTo(3);
    }

    @Test
    @DisplayName("R22: a batch of many jobs is read in parts")
    void callsAreReadInParts() {
        GooseClient client = client().client();
        AtomicInteger read = new AtomicInteger();
        AtomicInteger ahead = new AtomicInteger();
        Iterator<JobCall> counted = IntStream.range(0, 1_700)
                .mapToObj(i -> {
                    int waiting = (int) broker.stats("default").waiting();
                    ahead.accumulateAndGet(read.incrementAndGet() - waiting, Math::max);
                    return call("add", i);
                })
                .iterator();

        BatchId id = client.performBatch(BatchOptions.NONE, () -> counted);

        assertThat(ahead.get())
                .as("calls that were read and not enqueued")
                .isLessThanOrEqualTo(501); // a part, and one to see whether there are more
        assertThat(status(id).counts().total()).isEqualTo(1_700);
        assertThat(status(id).sealed()).isTrue();
    }

    @Test
    void aMakingThatFailed_isRepeatedWithItsId_andAddsNothingTwice() {
        GooseClient client = client().client();
        BatchId id = BatchId.draw(Instant.now());
        List<JobCall> calls = calls("add", 1, 1_200).toList();
        Iterable<JobCall> torn = () -> Stream.concat(calls.stream().limit(700), Stream.generate(() -> {
                    throw new BrokerUnavailableException("GOOSE-1015: torn", null);
                }))
                .iterator();

        assertThatThrownBy(() -> client.performBatch(b -> b.id(id), torn))
                .isInstanceOf(BrokerUnavailableException.class);
        assertThat(status(id).counts().total()).isEqualTo(500);
        assertThat(status(id).sealed()).isFalse();
        client.batch(id).add(call("add", -1));
        client.performBatch(b -> b.id(id), calls);
        client.performBatch(b -> b.id(id), calls);

        assertThat(status(id).counts().total()).isEqualTo(1_201);
        Set<JobId> members = new HashSet<>();
        broker.list("default", Place.WAITING, 0, 2_000)
                .forEach(stored -> members.add(stored.job().id()));
        assertThat(members).hasSize(1_201);
    }

    @Test
    void aJobAddsToItsBatch() throws InterruptedException {
        BatchId id = worker().client().performBatch(b -> b.onComplete("done"), List.of(call("grow")));

        assertCalled(id, BatchState.SUCCESS);
        assertThat(sum).hasValue(30);
        Batch batch = running.get().client().batch(id);
        assertThatThrownBy(() -> batch.add(call("add", 1)))
                .isInstanceOfSatisfying(BatchOverException.class, over -> assertThat(over.batch())
                        .isEqualTo(id))
                .hasMessageStartingWith("GOOSE-2255");
        assertThatThrownBy(() -> running.get()
                        .client()
                        .batch(BatchId.draw(Instant.now()))
                        .add(call("add", 1)))
                .isInstanceOf(BatchOverException.class)
                .hasMessageStartingWith("GOOSE-2256");
    }

    @Test
    void whatCannotBe_isRefused() {
        GooseClient client = client().client();
        assertThatThrownBy(() -> client.with(o -> o.id(JobId.random())).performBatch(BatchOptions.NONE, List.of()))
                .hasMessageStartingWith("GOOSE-2253");
        assertThatThrownBy(() -> BatchOptions.builder().linger(Duration.ofMillis(-1)))
                .hasMessageStartingWith("GOOSE-2254");
        assertThatThrownBy(() -> BatchId.of(JobId.random().value())).hasMessageStartingWith("GOOSE-2250");
        assertThatThrownBy(() -> BatchId.draw(Instant.now()).member(BatchId.MOST_MEMBERS))
                .hasMessageStartingWith("GOOSE-2251");
        assertThatThrownBy(() -> client.with(o -> o.unique(Unique.untilEnded()))
                        .performBatch(BatchOptions.NONE, List.of(call("add", 1))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("GOOSE-2257");
        assertThatThrownBy(() -> BatchState.of("well")).hasMessageStartingWith("GOOSE-2252");
        try (TestEngine bare =
                TestEngine.on(BareTransport.create(true)).clientOnly().start()) {
            assertThatThrownBy(() -> bare.client().performBatch(BatchOptions.NONE, List.of()))
                    .isInstanceOf(UnsupportedCapabilityException.class)
                    .hasMessageStartingWith("GOOSE-3130");
        }
    }

    @Test
    void idsOfMembers_tellTheirBatch() {
        BatchId id = BatchId.draw(Instant.now());
        assertThat(BatchId.of(id.value())).isEqualTo(id);
        assertThat(BatchId.ofMember(id.member(0))).contains(new BatchId.Member(id, 0));
        int last = BatchId.MOST_MEMBERS - 1;
        assertThat(BatchId.ofMember(id.member(last))).contains(new BatchId.Member(id, last));
        assertThat(BatchId.ofMember(id.callback(15))).isEmpty();
        assertThat(BatchId.ofMember(id.asJobId())).isEmpty();
        assertThat(BatchId.ofMember(JobId.random())).isEmpty();
        assertThat(id.member(7).isUuid()).isTrue();
        assertThat(Duration.between(id.drawn(), Instant.now()).abs()).isLessThan(Duration.ofMinutes(1));
    }

    // --- operators

    @Test
    void anOperator_cancelsABatch() throws InterruptedException {
        TestEngine engine = closedLater(engine().threads(1).queues("default").start());
        GooseClient client = engine.client();
        List<JobCall> mixed = new ArrayList<>(List.of(call("hold")));
        calls("add", 1, 600).forEach(mixed::add);
        BatchId id = client.performBatch(b -> b.onComplete("done"), mixed);
        BatchId later = client.performBatch(b -> b.runIn(Duration.ofHours(1)), calls("add", 1, 3));
        BatchAdmin batches = engine.engine().batchAdmin("main");
        Eventually.until("the first job runs", () -> engine.stats("default").running() > 0);

        assertThat(batches.size()).isEqualTo(2);
        assertThat(batches.list(0, 10)).extracting(BatchStatus::id).containsExactlyInAnyOrder(id, later);
        assertThat(batches.cancel(id)).isTrue();
        assertThat(called.take()).isEqualTo(id + " cancelled");
        assertThat(batches.cancel(id)).isFalse();
        assertThat(batches.find(id).orElseThrow().counts().cancelled()).isPositive();
        assertThat(batches.delete(later)).isTrue();

        assertThat(batches.find(later)).isEmpty();
        assertThat(engine.stats("default").scheduled()).isZero();
        assertThatThrownBy(() -> batches.list(-1, 10)).hasMessageStartingWith("GOOSE-1020");
    }
}
