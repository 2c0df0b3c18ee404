package io.goose.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.goose.BatchOptions;
import io.goose.BrokerUnavailableException;
import io.goose.CronEntry;
import io.goose.JobCall;
import io.goose.JobOptions;
import io.goose.RetryDelay;
import io.goose.broker.memory.MemoryBroker;
import io.goose.engine.metric.SinkFeed;
import io.goose.metrics.statsd.StatsdSink;
import io.goose.metrics.statsd.StatsdSink.Options;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What StatsD gets of an engine that works, and that jobs do not notice whether it gets it. */
@Timeout(60)
class StatsdTest {

    private static final String GOOD = "broker:main,handler:good,queue:default";
    private static final String BAD = "broker:main,handler:bad,queue:default";
    private static final String MAIN = "broker:main";

    private final ManualClock clock = new ManualClock();
    private final MemoryBroker broker = MemoryBroker.withClock(clock);
    private final AtomicInteger runs = new AtomicInteger();

    private TestEngine.Builder engine(Options options) {
        return TestEngine.on(broker)
                .clock(clock)
                .observer(new SinkFeed(StatsdSink.of(options), new TestThreads(), Duration.ofMillis(10)))
                .job("good", arguments -> runs.incrementAndGet())
                .job(
                        "bad",
                        JobOptions.builder()
                                .maxRetries(1)
                                .retryDelay(RetryDelay.fixed(Duration.ofMinutes(1)))
                                .build(),
                        List.of(),
                        a -> {
                            throw new IllegalStateException("no");
                        });
    }

    private static Options to(String host, int port) {
        return new Options(host, port, "goose.", StatsdSink.Format.DOGSTATSD, 1.0, Map.of());
    }

    private void pass(Duration time) {
        clock.advance(time);
        broker.clockMoved();
    }

    @Test
    void itGetsTheNamesOfTheClojureLibrary_withTypes_tags_andValues() {
        try (StatsdListener statsd = StatsdListener.open();
                TestEngine engine = engine(to("127.0.0.1", statsd.port())).build()) {
            engine.client().performAsync(JobCall.of("good"));
            engine.client().performIn(Duration.ofSeconds(10), JobCall.of("good"));
            engine.client().performAsync(JobCall.of("bad"));
            engine.client()
                    .performEvery(
                            CronEntry.named("digest").schedule("* * * * *").zone("UTC"), JobCall.of("good"));
            engine.client().performIn(Duration.ofDays(1), JobCall.of("good"));
            pass(Duration.ofSeconds(12)); // before its start: then it is known how late each is
            engine.start();
            Eventually.until(
                    "both and the bad one ran",
                    () -> statsd.counted("goose.jobs.processed", GOOD) == 2
                            && statsd.counted("goose.jobs.processed", BAD) == 1);
            assertThat(statsd.times("goose.execution.latency", GOOD)).containsExactly(12_000.0);
            assertThat(statsd.times("goose.scheduled.latency", GOOD)).containsExactly(2_000.0);

            Eventually.until("the retry waits", () -> engine.stats("default").scheduled() == 2);
            pass(Duration.ofMinutes(2)); // past a tick, and past the retry, which is the last
            Eventually.until("the retry has failed", () -> statsd.counted("goose.jobs.failed", BAD) == 2);
            Eventually.until("a tick was run", () -> !statsd.times("goose.cron_scheduled.latency", GOOD)
                    .isEmpty());
            assertThat(statsd.times("goose.retry.latency", BAD)).isEqualTo(List.of(60_000.0));
            assertThat(statsd.counted("goose.jobs.succeeded", BAD)).isZero();
            assertThat(statsd.counted("goose.jobs.failed", GOOD)).isZero();
            assertThat(statsd.counted("goose.jobs.died", BAD)).isEqualTo(1);
            assertThat(statsd.counted("goose.jobs.enqueued", GOOD)).isEqualTo(3);
            assertThat(statsd.times("goose.job.execution_time", BAD))
                    .hasSize(2)
                    .allMatch(time -> time >= 0 && time < 20_000);
            Eventually.until(
                    "all that ran has succeeded",
                    () -> statsd.counted("goose.jobs.succeeded", GOOD) == runs.get()
                            && statsd.times("goose.job.execution_time", GOOD).size() == runs.get());

            Eventually.until(
                    "the gauges are right",
                    () -> statsd.gauge("goose.dead_jobs.count", MAIN) == 1
                            && statsd.gauge("goose.scheduled_jobs.count", MAIN) == 1
                            && statsd.gauge("goose.cron_jobs.count", MAIN) == 1
                            && statsd.gauge("goose.total_enqueued_jobs.count", MAIN) == 0
                            && statsd.gauge("goose.enqueued_jobs.default.count", MAIN) == 0
                            && statsd.gauge("goose.in_progress_jobs.default.count", MAIN) == 0
                            && statsd.gauge("goose.batches.count", MAIN) == 0
                            && statsd.gauge("goose.workers.count", MAIN) == 1
                            && statsd.gauge("goose.worker.jobs", "broker:main,host:test-host") == 0);
            assertThat(statsd.longest()).isLessThanOrEqualTo(1_432);
            assertThat(statsd.lines()).allMatch(line -> line.matches("goose\\.[a-z_.-]+:[0-9.]+\\|(c|ms|g)(\\|#.+)?"));
        }
    }

    @Test
    void itIsToldWhatWaits_andForHowLong() {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch gate = new CountDownLatch(1);
        try (StatsdListener statsd = StatsdListener.open();
                TestEngine engine = engine(to("127.0.0.1", statsd.port()))
                        .threads(1)
                        .job("slow", arguments -> {
                            running.countDown();
                            Eventually.awaitStubbornly(gate);
                            return null;
                        })
                        .start()) {
            try {
                engine.client().performAsync(JobCall.of("slow"));
                Eventually.await(running);
                broker.pause("default");
                engine.client().performAsync(JobCall.of("good"));
                engine.client().performAsync(JobCall.of("good"));
                pass(Duration.ofSeconds(5));
                Eventually.until(
                        "two wait, for five seconds, and one runs",
                        () -> statsd.gauge("goose.enqueued_jobs.default.count", MAIN) == 2
                                && statsd.gauge("goose.total_enqueued_jobs.count", MAIN) == 2
                                && statsd.gauge("goose.enqueued_jobs.default.oldest", MAIN) == 5
                                && statsd.gauge("goose.in_progress_jobs.default.count", MAIN) == 1
                                && statsd.gauge("goose.worker.jobs", "broker:main,host:test-host") == 1);
            } finally {
                broker.resume("default");
                gate.countDown();
            }
        }
    }

    @Test
    void itIsToldWhatBatchesHaveComeTo() {
        try (StatsdListener statsd = StatsdListener.open();
                TestEngine engine = engine(to("127.0.0.1", statsd.port())).start()) {
            Eventually.until("it was looked at", () -> statsd.gauge("goose.batches.count", MAIN) == 0);
            engine.client().performBatch(BatchOptions.NONE, List.of(JobCall.of("good"), JobCall.of("good")));
            String tags = MAIN + ",queue:default";
            Eventually.until("the first is told", () -> statsd.counted("goose.batch.success", tags) == 1);
            pass(Duration.ofSeconds(1));
            engine.client().performBatch(BatchOptions.NONE, List.of(JobCall.of("bad")));
            engine.client().performBatch(BatchOptions.NONE, List.of(JobCall.of("bad"), JobCall.of("good")));
            Eventually.until("their retries wait", () -> engine.stats("default").scheduled() == 2);
            pass(Duration.ofMinutes(2));
            Eventually.until(
                    "the others are told",
                    () -> statsd.counted("goose.batch.dead", tags) == 1
                            && statsd.counted("goose.batch.partial-success", tags) == 1);
            assertThat(statsd.times("goose.batch.completion_time", tags)).containsExactly(0.0, 120_000.0, 120_000.0);
            Eventually.until("all linger", () -> statsd.gauge("goose.batches.count", MAIN) == 3);
            assertThat(statsd.counted("goose.batch.success", tags)).isEqualTo(1);
        }
    }

    @Test
    void itIsToldOfJobsThatWereRecovered() {
        FaultyBroker cutOff = new FaultyBroker(broker.connect());
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch gate = new CountDownLatch(1);
        Runnable away = () -> {
            throw new BrokerUnavailableException("cut off", null);
        };
        try (StatsdListener statsd = StatsdListener.open();
                TestEngine victim = TestEngine.on(cutOff)
                        .clock(clock)
                        .job("good", arguments -> {
                            started.countDown();
                            Eventually.awaitStubbornly(gate);
                            return null;
                        })
                        .start()) {
            victim.client().performAsync(JobCall.of("good"));
            Eventually.await(started);
            cutOff.before(FaultyBroker.Call.RENEW, away);
            cutOff.before(FaultyBroker.Call.LEASE, away);
            try (TestEngine other = engine(to("127.0.0.1", statsd.port())).start()) {
                Eventually.until("it is recovered", () -> {
                    pass(Duration.ofMillis(100)); // the living beat in between
                    return statsd.counted("goose.jobs.recovered", MAIN) > 0;
                });
                Eventually.until("it runs", () -> runs.get() > 0);
            } finally {
                gate.countDown();
            }
        }
    }

    @Test
    void whetherSomebodyListens_jobsDoNotNotice() {
        StatsdListener first = StatsdListener.open();
        int port = first.port();
        try (TestEngine engine = engine(to("127.0.0.1", port)).start()) {
            engine.client().performAsync(JobCall.of("good"));
            Eventually.until("it is told", () -> first.counted("goose.jobs.succeeded", GOOD) == 1);
            first.close(); // the port is closed from now on
            for (int i = 0; i < 20; i++) {
                engine.client().performAsync(JobCall.of("good"));
            }
            Eventually.until("they run all the same", () -> runs.get() == 21);
            try (StatsdListener second = StatsdListener.open(port)) {
                Eventually.until("it is told again", () -> {
                    engine.client().performAsync(JobCall.of("good"));
                    return second.counted("goose.jobs.succeeded", GOOD) > 0;
                });
            }
        }
    }

    @Test
    void aHostThatNobodyKnows_isLoggedOnce_andJobsDoNotNotice() {
        try (LogCapture log = LogCapture.open()) {
            try (TestEngine engine = engine(to("nowhere.invalid", 8125)).start()) {
                for (int i = 0; i < 20; i++) {
                    engine.client().performAsync(JobCall.of("good"));
                }
                Eventually.until("they run all the same", () -> runs.get() == 20);
                Eventually.until("it is said", () -> log.count("GOOSE-4154") == 1);
            }
            assertThat(log.count("GOOSE-4152")).isZero();
        }
    }
}
