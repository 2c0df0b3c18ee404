package io.goose.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.JobCall;
import io.goose.broker.memory.MemoryBroker;
import io.goose.engine.metric.SinkFeed;
import io.goose.spi.Metric;
import io.goose.spi.MetricsSink;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What sinks are given, and that jobs do not notice what sinks do. */
@Timeout(180)
class MetricsSinkTest {

    private static final Map<String, String> GOOD = Map.of("broker", "main", "queue", "default", "handler", "good");
    private static final Map<String, String> BAD = Map.of("broker", "main", "queue", "default", "handler", "bad");

    private final ManualClock clock = new ManualClock();
    private final MemoryBroker broker = MemoryBroker.withClock(clock);

    /** Keeps what it is given. */
    private static class Kept implements MetricsSink {
        private final Map<String, Long> counts = new ConcurrentHashMap<>();
        private final Map<String, Duration> last = new ConcurrentHashMap<>();
        private final Map<String, Double> gauges = new ConcurrentHashMap<>();
        private final AtomicBoolean closed = new AtomicBoolean();

        static String key(Metric metric, Map<String, String> tags) {
            return metric.statsd() + new TreeMap<>(tags);
        }

        @Override
        public void count(Metric metric, Map<String, String> tags, long more) {
            counts.merge(key(metric, tags), more, Long::sum);
        }

        @Override
        public void time(Metric metric, Map<String, String> tags, Duration took) {
            last.put(key(metric, tags), took);
        }

        @Override
        public void gauge(Metric metric, Map<String, String> tags, double value) {
            gauges.put(key(metric, tags), value);
        }

        @Override
        public void close() {
            closed.set(true);
        }

        long counted(Metric metric, Map<String, String> tags) {
            return counts.getOrDefault(key(metric, tags), 0L);
        }
    }

    private TestEngine.Builder engine(MetricsSink... sinks) {
        TestEngine.Builder builder = GoodAndBad.on(broker, clock);
        for (MetricsSink sink : sinks) {
            builder.observer(new SinkFeed(sink, new TestThreads(), Duration.ofSeconds(1)));
        }
        return builder;
    }

    @Test
    void runsAreCountedAndTimedByQueueAndHandler() {
        Kept kept = new Kept();
        try (TestEngine engine = engine(kept).start()) {
            engine.client().performIn(Duration.ofMinutes(1), JobCall.of("good"));
            clock.advance(Duration.ofMinutes(3));
            engine.client().performAsync(JobCall.of("good"));
            engine.client().performAsync(JobCall.of("bad"));
            engine.client().with(o -> o.maxRetries(0)).performAsync(JobCall.of("bad"));
            Eventually.until(
                    "all are counted",
                    () -> kept.counted(Metric.PROCESSED, GOOD) == 2
                            && kept.counted(Metric.PROCESSED, BAD) == 2
                            && kept.counted(Metric.SETTLED, Map.of("broker", "main")) == 4
                            && kept.gauges.containsKey(Kept.key(Metric.BROKER_UP, Map.of("broker", "main"))));
        }

        Eventually.until("it is closed", kept.closed::get); // a stop waits for a moment only
        assertThat(kept.counted(Metric.ENQUEUED, GOOD)).isEqualTo(2);
        assertThat(kept.counted(Metric.SUCCEEDED, GOOD)).isEqualTo(2);
        assertThat(kept.counted(Metric.FAILED, GOOD)).isZero();
        assertThat(kept.counted(Metric.SUCCEEDED, BAD)).isZero();
        assertThat(kept.counted(Metric.FAILED, BAD)).isEqualTo(2);
        assertThat(kept.counted(Metric.DIED, BAD)).isEqualTo(1);
        assertThat(kept.last).containsEntry(Kept.key(Metric.SCHEDULED_LATENCY, GOOD), Duration.ofMinutes(2));
        assertThat(kept.last).containsKey(Kept.key(Metric.EXECUTION_TIME, GOOD));
        assertThat(kept.counted(Metric.SETTLED, Map.of("broker", "main"))).isEqualTo(4);
        assertThat(kept.gauges).containsEntry(Kept.key(Metric.BROKER_UP, Map.of("broker", "main")), 1.0);
    }

    @Test
    void aSinkThatThrowsOrHangsTouchesNeitherJobsNorAnotherSink() {
        Kept kept = new Kept();
        CountDownLatch hanging = new CountDownLatch(1);
        CountDownLatch hangs = new CountDownLatch(1);
        AtomicInteger runs = new AtomicInteger();
        MetricsSink throwing = new Kept() {
            @Override
            public void count(Metric metric, Map<String, String> tags, long more) {
                throw new StackOverflowError("sink");
            }
        };
        MetricsSink slow = new Kept() {
            @Override
            public void count(Metric metric, Map<String, String> tags, long more) {
                hangs.countDown();
                Eventually.awaitStubbornly(hanging);
            }
        };
        try (LogCapture log = LogCapture.open()) {
            try (TestEngine engine = engine(throwing, slow, kept)
                    .job("counted", a -> runs.incrementAndGet())
                    .start()) {
                for (int i = 0; i < 20; i++) {
                    engine.client().performAsync(JobCall.of("counted"));
                }
                Eventually.await(hangs);
                engine.drained("default");
                Map<String, String> tags = Map.of("broker", "main", "queue", "default", "handler", "counted");
                Eventually.until("the good one has all", () -> kept.counted(Metric.SUCCEEDED, tags) == 20);
                assertThat(runs).hasValue(20);
            } finally {
                assertThat(log.count("GOOSE-4152")).isEqualTo(1);
                assertThat(log.messages())
                        .filteredOn(message -> message.contains("GOOSE-4153")
                                && message.contains(slow.getClass().getName()))
                        .hasSize(1);
                hanging.countDown();
            }
        }
    }

    @Test
    void whatIsCountedWhileASinkIsBusy_isAddedUp() {
        CountDownLatch hanging = new CountDownLatch(1);
        CountDownLatch hangs = new CountDownLatch(1);
        List<Long> told = new CopyOnWriteArrayList<>();
        MetricsSink busy = new Kept() {
            @Override
            public void count(Metric metric, Map<String, String> tags, long more) {
                told.add(more);
                hangs.countDown();
                Eventually.awaitStubbornly(hanging);
            }
        };
        try (TestEngine engine = engine(busy).clientOnly().build()) {
            engine.client().performAsync(JobCall.of("good"));
            Eventually.await(hangs);
            for (int i = 0; i < 100; i++) {
                engine.client().performAsync(JobCall.of("good"));
            }
            hanging.countDown();
            Eventually.until("the rest is told", () -> told.size() == 2);
        }
        assertThat(told).containsExactly(1L, 100L);
    }

    @Test
    void whatASinkCannotTakeInTimeIsDroppedAndCounted() {
        CountDownLatch hanging = new CountDownLatch(1);
        CountDownLatch hangs = new CountDownLatch(1);
        Kept slow = new Kept() {
            @Override
            public void count(Metric metric, Map<String, String> tags, long more) {
                hangs.countDown();
                Eventually.awaitStubbornly(hanging);
                super.count(metric, tags, more);
            }
        };
        try (TestEngine engine = engine(slow).clientOnly().build()) {
            engine.client().performAsync(JobCall.of("good"));
            Eventually.await(hangs);
            for (int i = 0; i < 9_000; i++) {
                engine.client().performAsync(JobCall.of("good"));
            }
            hanging.countDown();
            Eventually.until("drops are counted", () -> slow.counted(Metric.DROPPED, Map.of()) > 0);
            Eventually.until(
                    "none is unaccounted for",
                    () -> slow.counted(Metric.ENQUEUED, GOOD) + slow.counted(Metric.DROPPED, Map.of()) == 9_001);
        }
    }

    @Test
    void aFeedThatWasNeverGivenAnything_closesItsSinkOnce_andNeverOnTheThreadThatStops() {
        AtomicInteger closes = new AtomicInteger();
        Thread stopping = Thread.currentThread();
        AtomicBoolean apart = new AtomicBoolean();
        SinkFeed feed = new SinkFeed(
                new Kept() {
                    @Override
                    public void close() {
                        closes.incrementAndGet();
                        apart.set(Thread.currentThread() != stopping);
                    }
                },
                new TestThreads(),
                Duration.ofSeconds(1));

        feed.engineStopped();
        feed.engineStopped();

        assertThat(Thread.interrupted()).isFalse();
        Eventually.until("it is closed by another thread", apart::get); // a stop waits for a moment only
        assertThat(closes).hasValue(1);
    }

    @Test
    void whatASinkThatHangsWasNotGivenBeforeTheStop_isNeverGiven() {
        CountDownLatch hanging = new CountDownLatch(1);
        CountDownLatch hangs = new CountDownLatch(1);
        AtomicInteger given = new AtomicInteger();
        CountDownLatch closed = new CountDownLatch(1);
        MetricsSink slow = new Kept() {
            @Override
            public void count(Metric metric, Map<String, String> tags, long more) {
                given.incrementAndGet();
                hangs.countDown();
                Eventually.awaitStubbornly(hanging);
            }

            @Override
            public void close() {
                closed.countDown();
            }
        };
        try (TestEngine engine = engine(slow).clientOnly().build()) {
            engine.client().performAsync(JobCall.of("good"));
            Eventually.await(hangs);
            for (int i = 0; i < 2_000; i++) {
                engine.client().performAsync(JobCall.of("good"));
            }
        }
        hanging.countDown();

        Eventually.await(closed);
        assertThat(given).hasValue(1);
    }

    @Test
    void aTagHasOnlySoManyValues() {
        Kept kept = new Kept();
        try (TestEngine engine = engine(kept).clientOnly().build()) {
            for (int i = 0; i < 510; i++) {
                engine.client().performAsync(JobCall.of("made-up-" + i));
            }
            Map<String, String> rest = Map.of("broker", "main", "queue", "default", "handler", "other");
            Eventually.until("the rest is one", () -> kept.counted(Metric.ENQUEUED, rest) == 10);
        }
    }
}
