package io.goose.it.chaos;

import io.goose.JobOptions;
import io.goose.engine.Engine;
import io.goose.engine.EngineParts;
import io.goose.engine.EngineSettings;
import io.goose.engine.codec.JsonbArgumentCodec;
import io.goose.engine.handler.JobCatalogue;
import io.goose.engine.handler.JobDefinition;
import io.goose.engine.handler.JobInvoker;
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
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** The engine as these tests use it: a few jobs that note that they ran, on the Redis broker. */
final class ChaosEngine {

    /** Notes that it ran after up to 40 ms. */
    static final String MARK = "mark";
    /** Notes that it began, then sleeps for so many milliseconds, then notes that it ended. */
    static final String SLOW = "slow";
    /** Ends its process. */
    static final String KILLER = "killer";

    static final String BEGAN = "began";
    static final String ENDED = "ended";
    static final int KILLED = 137;

    private ChaosEngine() {}

    /** An engine that only enqueues. */
    static Engine client(Map<String, String> broker) {
        return create(broker, Map.of(), JobCatalogue.EMPTY);
    }

    /** An engine with one worker on the queue {@code default}. */
    static Engine worker(Map<String, String> broker, int threads, Duration lease, RunLog log) {
        WorkerSettings.Times times = new WorkerSettings.Times(
                Duration.ofMillis(20), Duration.ofSeconds(20), lease.dividedBy(6), lease, Duration.ofHours(1));
        WorkerSettings worker =
                new WorkerSettings(Map.of("default", 1), WorkerSettings.Order.WEIGHTED, threads, times);
        return create(broker, Map.of("main", worker), jobs(log));
    }

    private static Engine create(
            Map<String, String> broker, Map<String, WorkerSettings> workers, JobCatalogue jobs) {
        return Engine.create(
                new EngineSettings("main", workers, true, 27, EngineSettings.DEFAULT_MAX_JOB_SIZE),
                new EngineParts(
                        jobs,
                        new JsonbArgumentCodec(),
                        ChaosEngine::thread,
                        EngineParts.Extensions.NONE,
                        EngineParts.Host.PLAIN),
                Map.of("main", broker(broker)));
    }

    private static JobCatalogue jobs(RunLog log) {
        List<String> problems = new ArrayList<>();
        JobCatalogue jobs = JobCatalogue.of(
                List.of(
                        job(MARK, List.of(int.class), arguments -> {
                            Thread.sleep(ThreadLocalRandom.current().nextInt(40));
                            log.ran(MARK, number(arguments, 0));
                            return null;
                        }),
                        job(SLOW, List.of(int.class, int.class), arguments -> {
                            log.ran(BEGAN, number(arguments, 0));
                            Thread.sleep(number(arguments, 1));
                            log.ran(ENDED, number(arguments, 0));
                            return null;
                        }),
                        job(KILLER, List.of(int.class), arguments -> {
                            log.ran(KILLER, number(arguments, 0));
                            Runtime.getRuntime().halt(KILLED);
                            return null;
                        })),
                problems);
        if (!problems.isEmpty()) {
            throw new IllegalStateException(problems.toString());
        }
        return jobs;
    }

    private static int number(List<@Nullable Object> arguments, int index) {
        if (arguments.get(index) instanceof Integer number) {
            return number;
        }
        throw new IllegalArgumentException("argument " + index + " is no number");
    }

    private static JobDefinition job(String name, List<java.lang.reflect.Type> parameters, JobInvoker invoker) {
        return new JobDefinition(
                name,
                Set.of(),
                Set.of(),
                parameters,
                new JobDefinition.Settings(JobOptions.NONE, List.of(), invoker, "chaos"));
    }

    private static Thread thread(String name, Runnable body) {
        Thread thread = new Thread(body, name);
        thread.setDaemon(true);
        return thread;
    }

    private static Broker broker(Map<String, String> properties) {
        BrokerSettings settings = new BrokerSettings(
                "main",
                "chaos",
                properties,
                Duration.ofHours(1),
                new BrokerSettings.DeadRetention(100_000, Duration.ofDays(90)));
        BrokerFactory factory = ServiceLoader.load(BrokerFactory.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(candidate -> candidate.kind().equals("redis"))
                .findFirst()
                .orElseThrow();
        List<String> problems = factory.problems(settings);
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(problems.toString());
        }
        return factory.create(settings, ChaosEngine::thread);
    }
}
