package io.goose.se;

import static java.lang.System.Logger.Level.WARNING;

import io.goose.AsyncJob;
import io.goose.EnqueueMiddleware;
import io.goose.GooseConfigurationException;
import io.goose.JobFailureHandler;
import io.goose.Middleware;
import io.goose.RetryDelay;
import io.goose.admin.QueueChangeListener;
import io.goose.broker.composed.ComposedBroker;
import io.goose.engine.Engine;
import io.goose.engine.EngineParts;
import io.goose.engine.codec.JsonbArgumentCodec;
import io.goose.engine.config.BrokerFactories;
import io.goose.engine.config.GooseSettings;
import io.goose.engine.config.MetricsSettings;
import io.goose.engine.config.SettingsReport;
import io.goose.engine.config.SettingsSource;
import io.goose.engine.handler.JobCatalogue;
import io.goose.engine.metric.SinkFeed;
import io.goose.engine.observe.LogContext;
import io.goose.metrics.statsd.StatsdSink;
import io.goose.spi.ArgumentCodec;
import io.goose.spi.BrokerFactory;
import io.goose.spi.MetricsSink;
import io.goose.spi.SurroundingTransaction;
import io.goose.spi.WorkerThreads;
import jakarta.json.bind.Jsonb;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Collects what a {@link Goose} is made of. {@link #build} checks everything and reports all mistakes together.
 *
 * <p>Not thread-safe. May be used once.
 *
 * @since 0.1
 */
public final class GooseBuilder {

    private static final System.Logger LOG = System.getLogger(Goose.class.getName());
    private static final String THREAD_FACTORY = "goose.worker.thread-factory";

    private final Map<String, String> settings = new LinkedHashMap<>();
    private final JobObjects jobs = new JobObjects();
    private final List<Middleware> middlewares = new ArrayList<>();
    private final List<EnqueueMiddleware> enqueueMiddlewares = new ArrayList<>();
    private final List<JobFailureHandler> failureHandlers = new ArrayList<>();
    private final List<QueueChangeListener> queueListeners = new ArrayList<>();
    private final List<MetricsSink> sinks = new ArrayList<>();
    private final Map<String, RetryDelay.Custom> retryDelays = new HashMap<>();
    private final List<BrokerFactory> factories = new ArrayList<>();
    private @Nullable ArgumentCodec codec;
    private WorkerThreads threads = GooseBuilder::daemon;
    private SurroundingTransaction transaction = SurroundingTransaction.NONE;

    GooseBuilder() {}

    /** A setting, by the key that {@code docs/configuration.md} lists. The last value of a key counts. */
    public GooseBuilder config(String key, String value) {
        settings.put(Objects.requireNonNull(key, "key"), Objects.requireNonNull(value, "value"));
        return this;
    }

    /** Settings; see {@link #config(String, String)}. */
    public GooseBuilder config(Map<String, String> values) {
        values.forEach(this::config);
        return this;
    }

    /**
     * Makes the {@code @Job} methods of an object runnable.
     *
     * @param bean must be thread-safe: all runs call it. {@link AsyncJob} needs a container and is refused
     */
    public GooseBuilder register(Object bean) {
        jobs.add(bean.getClass(), () -> bean);
        return this;
    }

    /**
     * Makes the {@code @Job} methods of a class runnable.
     *
     * @param instances is asked for an instance at each run, on the job's thread
     */
    public <T> GooseBuilder register(Class<T> type, Supplier<? extends T> instances) {
        jobs.add(type, instances);
        return this;
    }

    /** Wraps the execution of every job; what is added first is further out. */
    public GooseBuilder middleware(Middleware middleware) {
        middlewares.add(Objects.requireNonNull(middleware, "middleware"));
        return this;
    }

    /** Wraps the enqueuing of every job; what is added first is further out. */
    public GooseBuilder enqueueMiddleware(EnqueueMiddleware middleware) {
        enqueueMiddlewares.add(Objects.requireNonNull(middleware, "middleware"));
        return this;
    }

    /** Is told of failures, in the order of addition. */
    public GooseBuilder failureHandler(JobFailureHandler handler) {
        failureHandlers.add(Objects.requireNonNull(handler, "handler"));
        return this;
    }

    /** Is told of changes that are made to queues, in the order of addition. */
    public GooseBuilder queueChangeListener(QueueChangeListener listener) {
        queueListeners.add(Objects.requireNonNull(listener, "listener"));
        return this;
    }

    /** Is given what Goose measures, beside others; closed when the engine stops. */
    public GooseBuilder metricsSink(MetricsSink sink) {
        sinks.add(Objects.requireNonNull(sink, "sink"));
        return this;
    }

    /** The delay that {@code named:<name>} means. */
    public GooseBuilder retryDelay(String name, RetryDelay.Custom delay) {
        retryDelays.put(Objects.requireNonNull(name, "name"), Objects.requireNonNull(delay, "delay"));
        return this;
    }

    /** Encodes arguments. Default: JSON-B, whose implementation must be on the class path. Stays the caller's to close. */
    public GooseBuilder argumentCodec(ArgumentCodec value) {
        codec = Objects.requireNonNull(value, "value");
        return this;
    }

    /** A kind of broker, beside those that {@link java.util.ServiceLoader} finds; this one precedes one of the same kind. */
    public GooseBuilder brokerFactory(BrokerFactory factory) {
        factories.add(Objects.requireNonNull(factory, "factory"));
        return this;
    }

    /** Where all threads come from. Default: plain daemon threads. */
    public GooseBuilder threads(WorkerThreads value) {
        threads = Objects.requireNonNull(value, "value");
        return this;
    }

    /**
     * The transactions that surround calls, for a program with a transaction manager: {@link
     * io.goose.transaction.JtaTransaction#of}. Default: none, so that a perform method always sends at once.
     */
    public GooseBuilder transactions(SurroundingTransaction value) {
        transaction = Objects.requireNonNull(value, "value");
        return this;
    }

    /**
     * Makes a {@link Goose}. Nothing connects and no thread starts.
     *
     * @throws GooseConfigurationException with everything that is wrong with the settings and the jobs
     */
    public Goose build() {
        List<String> warnings = new ArrayList<>();
        List<BrokerFactory> kinds = new ArrayList<>(factories);
        kinds.addAll(BrokerFactories.load(Goose.class.getClassLoader(), warnings));
        SettingsReport report = GooseSettings.read(SettingsSource.of(settings), kinds);
        List<String> problems = new ArrayList<>(report.problems());
        if (settings.containsKey(THREAD_FACTORY)) {
            problems.add("GOOSE-2025: " + THREAD_FACTORY + "=" + settings.get(THREAD_FACTORY)
                    + " names a thread factory of a server; remove it, or pass threads to GooseBuilder.threads");
        }
        refuseSinksOfServers(report.settings(), problems);
        JsonbArgumentCodec json = json(problems);
        ArgumentCodec arguments = codec == null ? json : codec;
        JobCatalogue catalogue = jobs.catalogue(
                type -> arguments == null ? null : arguments.problem(type),
                retryDelays.keySet(),
                report.settings(),
                problems);
        GooseSettings checked = report.settings();
        boolean works = checked != null && !checked.engine().workers().isEmpty();
        if (works && transaction.demarcation().isEmpty()) {
            problems.addAll(catalogue.withoutTransactions());
        }
        GooseSettings read = report.settings();
        if (read == null || json == null || arguments == null || !problems.isEmpty()) {
            close(json);
            throw new GooseConfigurationException(problems);
        }
        warnings.addAll(report.warnings());
        warnings.forEach(warning -> LOG.log(WARNING, warning));
        Map<String, RetryDelay.Custom> delays = Map.copyOf(retryDelays);
        EngineParts parts = new EngineParts(
                catalogue,
                arguments,
                threads,
                new EngineParts.Extensions(
                                middlewares,
                                enqueueMiddlewares,
                                failureHandlers,
                                name -> Optional.ofNullable(delays.get(name)),
                                queueListeners,
                                SinkFeed.of(
                                        allSinks(read.watching().metrics()),
                                        threads,
                                        read.watching().metrics().interval()))
                        .observedBy(LogContext.observers(GooseBuilder.class.getClassLoader())),
                EngineParts.Host.plain(transaction));
        Engine engine =
                read.withBrokers(threads, ComposedBroker::new, brokers -> Engine.create(read.engine(), parts, brokers));
        return new Goose(engine, read.engine().defaultBroker(), json::close);
    }

    private static void refuseSinksOfServers(@Nullable GooseSettings settings, List<String> problems) {
        if (settings != null) {
            settings.watching()
                    .metrics()
                    .ofServers()
                    .forEach(name -> problems.add("GOOSE-2336: goose.metrics.sinks has "
                            + name
                            + ", whose registry a server brings; remove it, and pass a sink made of your own registry to"
                            + " GooseBuilder.metricsSink"));
        }
    }

    private List<MetricsSink> allSinks(MetricsSettings metrics) {
        List<MetricsSink> all = new ArrayList<>(sinks);
        if (metrics.sinks().contains(MetricsSettings.STATSD)) {
            MetricsSettings.Statsd to = metrics.statsd();
            all.add(StatsdSink.of(new StatsdSink.Options(
                    to.host(),
                    to.port(),
                    to.prefix(),
                    to.plain() ? StatsdSink.Format.PLAIN : StatsdSink.Format.DOGSTATSD,
                    to.sampleRate(),
                    to.tags())));
        }
        return all;
    }

    /** Needed beside another codec too: every worker reads what is encoded as JSON. */
    private static @Nullable JsonbArgumentCodec json(List<String> problems) {
        try {
            Objects.requireNonNull(Jsonb.class); // is loaded here, not when the first class is encoded
            return new JsonbArgumentCodec();
        } catch (LinkageError | RuntimeException absent) {
            problems.add(
                    "GOOSE-2028: JSON-P or JSON-B is not there (" + absent
                            + "); add an implementation of each, for example org.eclipse.parsson:parsson and org.eclipse:yasson");
            return null;
        }
    }

    private static void close(@Nullable JsonbArgumentCodec json) {
        if (json != null) {
            json.close();
        }
    }

    private static Thread daemon(String name, Runnable body) {
        Thread thread = new Thread(body, name);
        thread.setDaemon(true);
        return thread;
    }
}
