package io.goose.it.bench;

import io.goose.JobCall;
import io.goose.JobOptions;
import io.goose.engine.Engine;
import io.goose.engine.EngineParts;
import io.goose.engine.EngineSettings;
import io.goose.engine.codec.JsonbArgumentCodec;
import io.goose.engine.handler.JobCatalogue;
import io.goose.engine.handler.JobDefinition;
import io.goose.engine.worker.WorkerSettings;
import io.goose.spi.Broker;
import io.goose.spi.BrokerFactory;
import io.goose.spi.BrokerSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** The whole engine on the Redis broker, with its defaults but for the number of threads. */
final class GooseUnderTest implements AutoCloseable {

    private static final String NOOP = "noop";
    private static final String CLOCK = "clock";
    private static final String QUEUE = "default";

    private final JsonbArgumentCodec codec = new JsonbArgumentCodec();
    private final Engine engine;
    private final int threads;
    private volatile @Nullable CountDownLatch done;
    private volatile @Nullable Pickups pickups;

    /** Gets the time a job was started, for its number. */
    @FunctionalInterface
    interface Pickups {
        void startedAt(int number, long nanos);
    }

    GooseUnderTest(String url, int threads) {
        this.threads = threads;
        List<String> problems = new ArrayList<>();
        JobCatalogue catalogue = JobCatalogue.of(List.of(job(NOOP, this::noop), job(CLOCK, this::clock)), problems);
        WorkerSettings worker = new WorkerSettings(
                Map.of(QUEUE, 1), WorkerSettings.Order.WEIGHTED, threads, WorkerSettings.Times.DEFAULT);
        this.engine = Engine.create(
                new EngineSettings(
                        "main", Map.of("main", worker), false, 27, EngineSettings.DEFAULT_MAX_JOB_SIZE),
                new EngineParts(
                        catalogue, codec, GooseUnderTest::thread, EngineParts.Extensions.NONE, EngineParts.Host.PLAIN),
                Map.of("main", broker(url)));
    }

    private static JobDefinition job(String name, io.goose.engine.handler.JobInvoker invoker) {
        return new JobDefinition(
                name,
                Set.of(),
                Set.of(),
                List.of(String.class, int.class),
                new JobDefinition.Settings(JobOptions.NONE, List.of(), invoker, "bench"));
    }

    private static Thread thread(String name, Runnable body) {
        Thread thread = new Thread(body, name);
        thread.setDaemon(true);
        return thread;
    }

    private static Broker broker(String url) {
        BrokerSettings settings = new BrokerSettings(
                "main",
                "bench",
                Map.of("url", url),
                Duration.ofHours(1),
                new BrokerSettings.DeadRetention(100_000, Duration.ofDays(90)));
        return ServiceLoader.load(BrokerFactory.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(factory -> factory.kind().equals("redis"))
                .findFirst()
                .orElseThrow()
                .create(settings, GooseUnderTest::thread);
    }

    private @Nullable Object noop(List<@Nullable Object> arguments) {
        CountDownLatch latch = done;
        if (latch != null) {
            latch.countDown();
        }
        return null;
    }

    private @Nullable Object clock(List<@Nullable Object> arguments) {
        Pickups told = pickups;
        if (told != null && arguments.get(1) instanceof Integer number) {
            told.startedAt(number, System.nanoTime());
        }
        return null;
    }

    void enqueueAlone(int jobs) {
        for (int i = 0; i < jobs; i++) {
            engine.client().performAsync(JobCall.of(NOOP, "hello", i));
        }
    }

    void enqueueTogether(int jobs) throws Exception {
        Threads.run(threads, i -> () -> enqueueAlone(jobs / threads));
    }

    void enqueueInBulk(int jobs) {
        List<JobCall> calls = new ArrayList<>(jobs);
        for (int i = 0; i < jobs; i++) {
            calls.add(JobCall.of(NOOP, "hello", i));
        }
        engine.client().performAll(calls);
    }

    /** Runs what waits; the engine's start and stop are outside. */
    void execute(int jobs) throws InterruptedException {
        CountDownLatch latch = new CountDownLatch(jobs);
        done = latch;
        engine.admin("main").resume(QUEUE);
        latch.await();
    }

    void pause() {
        engine.admin("main").pause(QUEUE);
    }

    void start() {
        engine.workers().start();
    }

    /** Enqueues one job each 20 ms, 50 a second, and notes how long it took until its method was called. */
    double[] latencies(int jobs) throws InterruptedException {
        long[] sent = new long[jobs];
        double[] millis = new double[jobs];
        CountDownLatch all = new CountDownLatch(jobs);
        pickups = (number, nanos) -> {
            millis[number] = (nanos - sent[number]) / 1e6;
            all.countDown();
        };
        engine.admin("main").resume(QUEUE);
        long begun = System.nanoTime();
        for (int i = 0; i < jobs; i++) {
            long due = begun + i * 20_000_000L;
            while (System.nanoTime() < due) {
                Thread.sleep(Math.max(0, (due - System.nanoTime()) / 1_000_000));
            }
            sent[i] = System.nanoTime();
            engine.client().performAsync(JobCall.of(CLOCK, "hello", i));
        }
        all.await();
        return millis;
    }

    @Override
    public void close() {
        engine.stop();
        codec.close();
    }
}
