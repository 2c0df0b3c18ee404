package io.goose.engine;

import io.goose.EnqueueMiddleware;
import io.goose.GooseClient;
import io.goose.JobFailureHandler;
import io.goose.JobOptions;
import io.goose.Middleware;
import io.goose.RetryDelay;
import io.goose.admin.QueueStats;
import io.goose.engine.handler.JobCatalogue;
import io.goose.engine.handler.JobDefinition;
import io.goose.engine.handler.JobInvoker;
import io.goose.engine.observe.EngineObserver;
import io.goose.engine.run.JobScope;
import io.goose.engine.run.RunLimits;
import io.goose.engine.transaction.TransactionMode;
import io.goose.engine.worker.WorkerSettings;
import io.goose.engine.worker.WorkerStatus;
import io.goose.spi.ArgumentCodec;
import io.goose.spi.Broker;
import io.goose.spi.SurroundingTransaction;
import io.goose.spi.WorkerThreads;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** An engine over one broker called {@code main}, with jobs that are lambdas. Closing it stops it. */
public final class TestEngine implements AutoCloseable {

    /** What tells a stop how long an earlier one of this JVM still has; each test begins without. */
    private static final String STOP_DEADLINE = "io.goose.stop-deadline";

    private final Engine engine;
    private final TestThreads threads;
    private final Broker broker;

    private TestEngine(Engine engine, TestThreads threads, Broker broker) {
        this.engine = engine;
        this.threads = threads;
        this.broker = broker;
    }

    public static Builder on(Broker broker) {
        return new Builder(broker);
    }

    /** Starts the workers. */
    public TestEngine start() {
        engine.start();
        return this;
    }

    public Engine engine() {
        return engine;
    }

    /** Stops the workers on a thread of its own. */
    public Thread stopping() {
        Thread thread = new Thread(() -> engine.workers().stop(), "stopper");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    public GooseClient client() {
        return engine.client();
    }

    public TestThreads threads() {
        return threads;
    }

    public QueueStats stats(String queue) {
        return broker.stats(queue);
    }

    /** What the worker says of itself. */
    public WorkerStatus status() {
        return engine.status().get("main");
    }

    /** Waits until nothing waits, runs or is scheduled on these queues. */
    public void drained(String... queues) {
        for (String queue : queues) {
            Eventually.until("queue " + queue + " is drained, it has " + stats(queue), () -> {
                QueueStats now = stats(queue);
                return now.waiting() + now.running() + now.scheduled() == 0;
            });
        }
    }

    @Override
    public void close() {
        System.clearProperty(STOP_DEADLINE);
        engine.close();
        System.clearProperty(STOP_DEADLINE);
    }

    /** Collects what the engine is made of. */
    public static final class Builder {
        private final Broker broker;
        private final List<JobDefinition> jobs = new ArrayList<>();
        private final List<Middleware> middlewares = new ArrayList<>();
        private final List<EnqueueMiddleware> enqueueMiddlewares = new ArrayList<>();
        private final List<JobFailureHandler> failureHandlers = new ArrayList<>();
        private final Map<String, RetryDelay.Custom> delays = new HashMap<>();
        private final List<EngineObserver> observers = new ArrayList<>();
        private final Map<String, Broker> others = new HashMap<>();
        private final Set<String> otherWorkers = new HashSet<>();
        private WorkerThreads threadsFrom = new TestThreads();
        private Map<String, Integer> queues = Map.of("default", 1);
        private WorkerSettings.Order order = WorkerSettings.Order.WEIGHTED;
        private int workerThreads = 2;
        private Duration lookahead = Duration.ofMillis(20);
        private Duration grace = Duration.ofSeconds(10);
        private Duration heartbeat = Duration.ofMillis(20);
        private Duration lease = Duration.ofSeconds(30);
        private Duration patience = Duration.ofHours(1);
        private int retryMax = 27;
        private int maxJobSize = EngineSettings.DEFAULT_MAX_JOB_SIZE;
        private boolean hasWorker = true;
        private ArgumentCodec codec = TestCodec.JSON;
        private JobScope scope = JobScope.NONE;
        private BooleanSupplier mayLease = () -> true;
        private InstantSource clock = InstantSource.system();
        private SurroundingTransaction transaction = SurroundingTransaction.NONE;
        private TransactionMode transactionMode = TransactionMode.AUTO;
        private Duration transactionTimeout = EngineSettings.DEFAULT_TRANSACTION_TIMEOUT;
        private RunLimits limits = RunLimits.DEFAULT;
        private Duration resultRetention = EngineSettings.DEFAULT_RESULT_RETENTION;
        private final Map<String, String> outboxes = new HashMap<>();
        private boolean logArguments;
        private @Nullable JobCatalogue given;

        private Builder(Broker broker) {
            this.broker = broker;
        }

        /** A job with parameters of these types. */
        public Builder job(String name, JobInvoker body, Type... parameters) {
            return job(name, JobOptions.NONE, List.of(), body, parameters);
        }

        public Builder job(
                String name,
                JobOptions options,
                List<Class<? extends Throwable>> noRetryOn,
                JobInvoker body,
                Type... parameters) {
            return job(new JobDefinition(
                    name,
                    Set.of(),
                    Set.of(),
                    Arrays.asList(parameters),
                    new JobDefinition.Settings(options, noRetryOn, false, body, name)));
        }

        /** A job that is completed in its transaction. */
        public Builder transactionalJob(String name, JobOptions options, JobInvoker body) {
            return job(new JobDefinition(
                    name,
                    Set.of(),
                    Set.of(),
                    List.of(),
                    new JobDefinition.Settings(options, List.of(), true, body, name)));
        }

        public Builder transactionTimeout(Duration time) {
            transactionTimeout = time;
            return this;
        }

        /** How long runs may take. */
        public Builder limits(RunLimits of) {
            limits = of;
            return this;
        }

        /** How long results are kept where nobody says. */
        public Builder resultRetention(Duration time) {
            resultRetention = time;
            return this;
        }

        public Builder job(JobDefinition definition) {
            jobs.add(definition);
            return this;
        }

        /** Arguments are logged. */
        public Builder logArguments() {
            logArguments = true;
            return this;
        }

        /** These jobs, and no others. */
        public Builder catalogue(JobCatalogue catalogue) {
            given = catalogue;
            return this;
        }

        public Builder middleware(Middleware middleware) {
            middlewares.add(middleware);
            return this;
        }

        public Builder enqueueMiddleware(EnqueueMiddleware middleware) {
            enqueueMiddlewares.add(middleware);
            return this;
        }

        public Builder failureHandler(JobFailureHandler handler) {
            failureHandlers.add(handler);
            return this;
        }

        public Builder delay(String name, RetryDelay.Custom delay) {
            delays.put(name, delay);
            return this;
        }

        /** Another broker, to enqueue on only. */
        public Builder other(String name, Broker other) {
            others.put(name, other);
            return this;
        }

        /** Another broker, with a worker like that of the first. */
        public Builder otherWorker(String name, Broker other) {
            otherWorkers.add(name);
            return other(name, other);
        }

        /** Where threads come from; {@link TestEngine#threads} then knows none of them. */
        public Builder threadsFrom(WorkerThreads source) {
            threadsFrom = source;
            return this;
        }

        /** The worker's queues, all with weight 1, in this order. */
        public Builder queues(String... names) {
            Map<String, Integer> equal = new LinkedHashMap<>();
            Arrays.asList(names).forEach(name -> equal.put(name, 1));
            queues = equal;
            return this;
        }

        public Builder queues(Map<String, Integer> weighted, WorkerSettings.Order by) {
            queues = weighted;
            order = by;
            return this;
        }

        public Builder threads(int count) {
            workerThreads = count;
            return this;
        }

        public Builder lookahead(Duration time) {
            lookahead = time;
            return this;
        }

        public Builder grace(Duration time) {
            grace = time;
            return this;
        }

        public Builder heartbeat(Duration time) {
            heartbeat = time;
            return this;
        }

        public Builder lease(Duration time) {
            lease = time;
            return this;
        }

        public Builder patience(Duration time) {
            patience = time;
            return this;
        }

        public Builder retryMax(int retries) {
            retryMax = retries;
            return this;
        }

        public Builder maxJobSize(int bytes) {
            maxJobSize = bytes;
            return this;
        }

        /** No worker: this engine only enqueues. */
        public Builder clientOnly() {
            hasWorker = false;
            return this;
        }

        public Builder codec(ArgumentCodec argumentCodec) {
            codec = argumentCodec;
            return this;
        }

        public Builder scope(JobScope jobScope) {
            scope = jobScope;
            return this;
        }

        public Builder mayLease(BooleanSupplier may) {
            mayLease = may;
            return this;
        }

        public Builder clock(InstantSource wallClock) {
            clock = wallClock;
            return this;
        }

        /** What surrounds the threads that enqueue, and what that means. */
        public Builder transactions(SurroundingTransaction surrounding, TransactionMode mode) {
            transaction = surrounding;
            transactionMode = mode;
            return this;
        }

        /** Another broker, which keeps the outbox of the first. */
        public Builder outbox(String name, Broker owner) {
            outboxes.put("main", name);
            return other(name, owner);
        }

        public Builder with(Consumer<Builder> more) {
            more.accept(this);
            return this;
        }

        /** Makes the engine; nothing runs yet. */
        public TestEngine build() {
            System.clearProperty(STOP_DEADLINE);
            List<String> problems = new ArrayList<>();
            JobCatalogue catalogue = given != null ? given : JobCatalogue.of(jobs, problems);
            if (!problems.isEmpty()) {
                throw new IllegalArgumentException(problems.toString());
            }
            WorkerSettings worker = new WorkerSettings(
                    queues,
                    order,
                    workerThreads,
                    new WorkerSettings.Times(lookahead, grace, heartbeat, lease, patience));
            Map<String, Broker> brokers = new HashMap<>(others);
            brokers.put("main", broker);
            Map<String, WorkerSettings> workers = new HashMap<>();
            otherWorkers.forEach(name -> workers.put(name, worker));
            if (hasWorker) {
                workers.put("main", worker);
            }
            TestThreads threads = threadsFrom instanceof TestThreads own ? own : new TestThreads();
            Engine engine = Engine.create(
                    new EngineSettings(
                            "main",
                            workers,
                            true,
                            retryMax,
                            maxJobSize,
                            transactionMode,
                            transactionTimeout,
                            limits,
                            List.of(),
                            resultRetention,
                            outboxes,
                            logArguments),
                    new EngineParts(
                            catalogue,
                            codec,
                            threadsFrom,
                            new EngineParts.Extensions(
                                            middlewares,
                                            enqueueMiddlewares,
                                            failureHandlers,
                                            name -> Optional.ofNullable(delays.get(name)))
                                    .observedBy(observers),
                            new EngineParts.Host(scope, mayLease, clock, "test-host", transaction)),
                    brokers);
            return new TestEngine(engine, threads, broker);
        }

        /** Tells it what the engine does. */
        public Builder observer(EngineObserver observer) {
            observers.add(observer);
            return this;
        }

        /** Makes the engine and starts its workers. */
        public TestEngine start() {
            return build().start();
        }
    }
}
