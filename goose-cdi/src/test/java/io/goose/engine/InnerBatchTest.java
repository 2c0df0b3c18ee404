package io.goose.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.goose.BatchOptions;
import io.goose.BatchOverException;
import io.goose.BrokerUnavailableException;
import io.goose.JobCall;
import io.goose.UnsupportedCapabilityException;
import io.goose.admin.Place;
import io.goose.broker.memory.MemoryBroker;
import io.goose.job.BatchId;
import io.goose.job.BatchState;
import io.goose.job.BatchStatus;
import io.goose.job.BatchStatus.Counts;
import io.goose.job.JobId;
import io.goose.spi.Broker;
import io.goose.tck.BareTransport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Batches in batches, by a clock that a test moves. */
@Timeout(60)
final class InnerBatchTest {

    private final ManualClock clock = new ManualClock();
    private final MemoryBroker broker = MemoryBroker.withClock(clock);
    private final List<String> ran = new CopyOnWriteArrayList<>();
    private final CountDownLatch hold = new CountDownLatch(1);
    private final List<TestEngine> engines = new ArrayList<>();

    private TestEngine engine(Broker on) {
        TestEngine engine = TestEngine.on(on)
                .clock(clock)
                .retryMax(0)
                .job("note", arguments -> ran.add(String.valueOf(arguments.get(0))), String.class)
                .job("hold", arguments -> {
                    hold.await();
                    return null;
                })
                .build();
        engines.add(engine);
        return engine;
    }

    /** What stands for an inner batch can be added there, and the batch itself cannot be made. */
    private Broker whereNothingIsMadeWhile(AtomicBoolean away) {
        return WatchedBatches.of(broker.connect(), addition -> {
            if (away.get() && addition.number().startsWith("made-")) {
                throw new BrokerUnavailableException("away", null);
            }
        });
    }

    @AfterEach
    void close() {
        hold.countDown();
        engines.forEach(TestEngine::close);
    }

    private static JobCall call(String name, Object... arguments) {
        return JobCall.of(name, arguments);
    }

    private Counts counts(TestEngine engine, BatchId id) {
        return engine.client().batch(id).status().orElseThrow().counts();
    }

    /** Time goes on meanwhile, by little, so that what found somebody busy looks again. */
    private void reaches(TestEngine engine, BatchId id, BatchState state) {
        reaches(engine, id, status -> status.state() == state);
    }

    private void reaches(TestEngine engine, BatchId id, Predicate<BatchStatus> reached) {
        Eventually.until("the batch is as it should be", () -> {
            clock.advance(Duration.ofMillis(250));
            return reached.test(engine.client().batch(id).status().orElseThrow());
        });
    }

    /** Lets what stands for an inner batch look at once. */
    private void look(JobId standing) {
        Eventually.until("it is scheduled", () -> broker.find("default", standing)
                .filter(job -> job.place() == Place.SCHEDULED)
                .isPresent());
        assertThat(broker.housekeeping().prioritise("default", Set.of(Place.SCHEDULED), List.of(standing)))
                .hasSize(1);
    }

    @Test
    void anEmptyOne_countsAtOnce_withoutWaitingForTheFirstLook() {
        TestEngine engine = engine(broker.connect()).start();
        BatchId id = engine.client()
                .performBatch(b -> b.onSuccess(call("note", "over")).batch(BatchOptions.NONE, List.of()), List.of());

        reaches(engine, id, BatchState.SUCCESS);
        Eventually.until("it is called", () -> ran.equals(List.of("over")));
        assertThat(counts(engine, id)).isEqualTo(new Counts(1, 0, 1, 0, 0));
    }

    @Test
    void batchesInBatches_haveIdsOfTheirOwn_whereverTheyAre() {
        TestEngine engine = engine(broker.connect()).start();
        BatchId id = engine.client()
                .performBatch(
                        b -> b.batch(
                                        i -> i.batch(deepest -> deepest, List.of(call("note", "deepest"))),
                                        List.of(call("note", "first")))
                                .batch(i -> i, List.of(call("note", "second"))),
                        List.of());

        reaches(engine, id, BatchState.SUCCESS);

        assertThat(ran).containsExactlyInAnyOrder("deepest", "first", "second");
        assertThat(counts(engine, id)).isEqualTo(new Counts(2, 0, 2, 0, 0));
    }

    @Test
    void aBatchIsNotInItself_andOnesInEachOther_areCancelledAllTheSame() {
        TestEngine engine = engine(broker.connect());
        BatchId id = engine.client().performBatch(b -> b, List.of(call("hold")));
        assertThatThrownBy(() -> engine.client().batch(id).addBatch(b -> b.id(id), List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("GOOSE-2315");
        BatchId other = BatchId.draw(clock.instant());
        engine.client().performBatch(b -> b.id(other), List.of(call("hold")));
        engine.client().batch(id).addBatch(b -> b.id(other), List.of(call("hold")));
        engine.client().batch(other).addBatch(b -> b.id(id), List.of(call("hold")));

        assertThat(engine.client().batch(id).cancel()).isTrue();

        assertThat(engine.client().batch(other).status().orElseThrow().state()).isEqualTo(BatchState.CANCELLED);
        assertThat(broker.stats("default").waiting()).isZero();
    }

    @Test
    void oneWhoseCallbackIsDeleted_isSeenAtTheNextLook() {
        TestEngine engine = engine(broker.connect());
        BatchId inner = BatchId.draw(clock.instant());
        BatchId id = engine.client().performBatch(b -> b.batch(i -> i.id(inner), List.of()), List.of());
        assertThat(broker.delete("default", inner.callback(3))).isTrue();
        assertThat(engine.client().batch(inner).status().orElseThrow().state()).isEqualTo(BatchState.SUCCESS);
        engine.start();
        assertThat(counts(engine, id).ended()).isZero();

        look(id.member(0));

        reaches(engine, id, BatchState.SUCCESS);
    }

    @Test
    void makingThatFails_andIsRepeatedWithItsIds_addsNothingTwice() {
        AtomicBoolean away = new AtomicBoolean();
        TestEngine engine = engine(whereNothingIsMadeWhile(away)).start();
        BatchId id = engine.client().performBatch(b -> b, List.of(call("hold")));
        BatchId inner = BatchId.draw(clock.instant());
        away.set(true);
        assertThatThrownBy(() -> engine.client().batch(id).addBatch(b -> b.id(inner), List.of(call("note", "inner"))))
                .isInstanceOf(BrokerUnavailableException.class);
        assertThat(counts(engine, id).total()).isEqualTo(2);
        look(id.member(1));
        away.set(false);

        engine.client().batch(id).addBatch(b -> b.id(inner), List.of(call("note", "inner")));
        engine.client().batch(id).addBatch(b -> b.id(inner), List.of(call("note", "inner")));
        hold.countDown();

        reaches(engine, id, BatchState.SUCCESS);
        assertThat(counts(engine, id)).isEqualTo(new Counts(2, 0, 2, 0, 0));
        assertThat(ran).containsExactly("inner");
    }

    @Test
    void whatIsNotMadeInTime_isNotWaitedForForEver() {
        AtomicBoolean away = new AtomicBoolean();
        TestEngine engine = engine(whereNothingIsMadeWhile(away)).start();
        BatchId id = engine.client().performBatch(b -> b, List.of(call("hold")));
        BatchId never = BatchId.draw(clock.instant());
        BatchId open = BatchId.draw(clock.instant());
        away.set(true);
        assertThatThrownBy(() -> engine.client().batch(id).addBatch(b -> b.id(never), List.of()))
                .isInstanceOf(BrokerUnavailableException.class);
        away.set(false);
        assertThatThrownBy(() -> engine.client().batch(id).addBatch(b -> b.id(open), this::broken))
                .isInstanceOf(IllegalStateException.class);
        hold.countDown();
        Eventually.until("the job has run", () -> counts(engine, id).success() == 1);

        clock.advance(Duration.ofMinutes(11));
        reaches(engine, id, status -> status.counts().cancelled() == 1); // the first is given up
        Eventually.until("all of the second that was made has run", () -> ran.size() == 500);
        assertThat(counts(engine, id).ended()).isEqualTo(2);

        clock.advance(Duration.ofHours(1));
        reaches(engine, open, status -> status.state() != BatchState.IN_PROGRESS);
        reaches(engine, id, BatchState.PARTIAL_SUCCESS);
        assertThat(counts(engine, id)).isEqualTo(new Counts(3, 0, 1, 0, 2));
    }

    @Test
    void whoCancelsWhatIsNotMadeInTime_andDiesBeforeHeIsDone_doesNotMakeASuccessOfIt() {
        AtomicInteger cancelled = new AtomicInteger();
        TestEngine engine = engine(WatchedBatches.losingTheFirstCancel(broker.connect(), cancelled))
                .start();
        BatchId open = BatchId.draw(clock.instant());
        BatchId outer = engine.client().performBatch(b -> b, List.of(call("hold")));
        assertThatThrownBy(() -> engine.client().batch(outer).addBatch(b -> b.id(open), this::broken))
                .isInstanceOf(IllegalStateException.class);
        hold.countDown();
        Eventually.until("all that was made has run", () -> ran.size() == 500);
        Eventually.until("and is counted", () -> counts(engine, open).success() == 500);

        clock.advance(Duration.ofMinutes(61));
        reaches(engine, outer, status -> status.state() != BatchState.IN_PROGRESS);

        assertThat(cancelled).as("cancellations, of which the first was lost").hasValueGreaterThan(1);
        assertThat(counts(engine, outer)).isEqualTo(new Counts(2, 0, 1, 0, 1));
        assertThat(engine.client().batch(open).status().orElseThrow().state()).isEqualTo(BatchState.CANCELLED);
    }

    @Test
    void oneThatIsMadeWhileTheOuterOneIsCancelled_isCancelledToo() {
        AtomicReference<BatchId> outer = new AtomicReference<>();
        BatchId inner = BatchId.draw(clock.instant());
        TestEngine engine = engine(WatchedBatches.of(broker.connect(), addition -> {
            if (addition.id().equals(inner) && addition.number().equals("made-0")) {
                assertThat(other().client().batch(outer.get()).cancel()).isTrue();
            }
        }));
        outer.set(engine.client().performBatch(b -> b, List.of(call("hold"))));

        assertThatThrownBy(() -> engine.client()
                        .batch(outer.get())
                        .addBatch(b -> b.id(inner), Collections.nCopies(501, call("note", "never"))))
                .isInstanceOf(BatchOverException.class)
                .hasMessageContaining("GOOSE-2255")
                .hasMessageContaining(outer.get().value());

        assertThat(engine.client().batch(inner).status().orElseThrow().state()).isEqualTo(BatchState.CANCELLED);
        engine.start();
        Eventually.until("nothing waits", () -> broker.stats("default").waiting() == 0);
        assertThat(ran).isEmpty();
    }

    private TestEngine other() {
        return engine(broker.connect());
    }

    /** As many calls as are added at one time, and then none but a failure. */
    private Iterator<JobCall> broken() {
        Iterator<JobCall> whole = Collections.nCopies(500, call("note", "open")).iterator();
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return true;
            }

            @Override
            public JobCall next() {
                if (!whole.hasNext()) {
                    throw new IllegalStateException("the source is broken");
                }
                return whole.next();
            }
        };
    }

    @Test
    void whatTakesNoMore_takesNoBatch_andABrokerWithoutBatchesNeither() {
        TestEngine engine = engine(broker.connect()).start();
        BatchId over = engine.client().performBatch(b -> b, List.of());
        assertThatThrownBy(() -> engine.client().batch(over).addBatch(b -> b, List.of(call("hold"))))
                .isInstanceOf(BatchOverException.class)
                .hasMessageContaining("GOOSE-2255");
        assertThatThrownBy(() ->
                        engine.client().batch(BatchId.draw(clock.instant())).addBatch(b -> b, List.of(call("hold"))))
                .isInstanceOf(BatchOverException.class)
                .hasMessageContaining("GOOSE-2256");
        assertThat(broker.stats("default").waiting()).isZero();

        TestEngine bare = engine(BareTransport.create(true));
        assertThatThrownBy(() -> bare.client().batch(over).addBatch(b -> b, List.of(call("hold"))))
                .isInstanceOf(UnsupportedCapabilityException.class)
                .hasMessageContaining("GOOSE-2310");
    }
}
