package io.goose.cdi;

import static java.lang.System.Logger.Level.INFO;

import io.goose.EnqueueMiddleware;
import io.goose.GooseClient;
import io.goose.GooseHealth;
import io.goose.JobFailureHandler;
import io.goose.JobRun;
import io.goose.Middleware;
import io.goose.RetryDelay;
import io.goose.Workers;
import io.goose.admin.BatchAdmin;
import io.goose.admin.CronAdmin;
import io.goose.admin.LimitAdmin;
import io.goose.admin.QueueAdmin;
import io.goose.admin.QueueChangeListener;
import io.goose.broker.composed.ComposedBroker;
import io.goose.cdi.AsyncJobs.AsyncTarget;
import io.goose.engine.Engine;
import io.goose.engine.EngineParts;
import io.goose.engine.HostName;
import io.goose.engine.Inbound;
import io.goose.engine.config.MetricsSettings;
import io.goose.engine.metric.SinkFeed;
import io.goose.engine.observe.LogContext;
import io.goose.engine.run.JobScope;
import io.goose.spi.WorkerThreads;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.spi.Bean;
import jakarta.enterprise.inject.spi.BeanManager;
import jakarta.enterprise.inject.spi.CDI;
import java.lang.reflect.Method;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import javax.naming.NamingException;
import org.jspecify.annotations.Nullable;

/**
 * The engine of one application, from its validated deployment to its end.
 *
 * <p>Thread-safe. The engine is made when it is first used, which may be before {@link #start}: a client works as soon as
 * the deployment is valid. Start and stop are idempotent; start after stop does nothing.
 */
final class GooseRuntime {

    private static final System.Logger LOG = System.getLogger(GooseRuntime.class.getName());

    private final ReentrantLock lock = new ReentrantLock();
    private final ReentrantLock lifeCycle = new ReentrantLock(); // held while the engine starts or drains
    private volatile Deployment.@Nullable Valid deployment;
    private volatile @Nullable Made made; // written under lock
    private boolean started; // guarded by lifeCycle
    private volatile boolean stopped; // written under both locks

    /** What exists once the engine does. */
    private record Made(
            Engine engine, ManagedThreads threads, JobSurroundings surroundings, ContainerTransaction transaction) {}

    /** That of the calling thread's application, if it has Goose. */
    static Optional<GooseRuntime> current() {
        // Not by CDI.getExtension: a server may make several instances of an extension and use one of them.
        return beanManager()
                .map(beans -> beans.createInstance().select(GooseRuntime.class))
                .filter(Instance::isResolvable)
                .map(Instance::get);
    }

    /** The module's own: CDI.current() goes by the name of the calling class, which each WAR of an EAR has. */
    static Optional<BeanManager> beanManager() {
        try {
            return Optional.of((BeanManager) Names.lookup("java:comp/BeanManager"));
        } catch (NamingException notBound) {
            try {
                return Optional.of(CDI.current().getBeanManager());
            } catch (IllegalStateException noCdi) {
                return Optional.empty();
            }
        }
    }

    void configure(Deployment.Valid valid) {
        deployment = valid;
    }

    /**
     * The engine.
     *
     * @throws IllegalStateException before the deployment is validated
     */
    Engine engine() {
        return made().engine();
    }

    /**
     * What runs jobs that others lease for this application.
     *
     * @param broker null for the default one
     * @throws IllegalStateException before the application's start and after its stop has begun
     */
    Inbound inbound(@Nullable String broker) {
        Made present = made; // not made here: a thread of the adapter's must not be what it takes its names from
        if (present == null || stopped) {
            throw new IllegalStateException("GOOSE-2370: the application does not run jobs "
                    + (stopped ? "any more, for it stops" : "yet, for it is not started; it is asked again"));
        }
        return present.engine().inbound(broker);
    }

    /** How the engine does; one that was not made yet has nothing to say. */
    GooseHealth health() {
        Made present = made;
        if (present != null) {
            return present.engine().health();
        }
        return new GooseHealth(stopped ? GooseHealth.Phase.STOPPED : GooseHealth.Phase.IDLE, false, Map.of());
    }

    /** How long a broker may be silent before the application is not ready; null for ever. */
    @Nullable Duration readinessBroker() {
        Deployment.Valid valid = deployment;
        return valid == null ? null : valid.settings().watching().readinessBroker();
    }

    /**
     * What is injected as {@code type}.
     *
     * @param broker null for the default one, and for parts that belong to no broker
     */
    Object part(Class<?> type, @Nullable String broker) {
        Engine engine = engine();
        if (type == GooseClient.class) {
            return broker == null ? engine.client() : engine.client(broker);
        }
        if (type == QueueAdmin.class) {
            return engine.admin(broker == null ? valid().settings().engine().defaultBroker() : broker);
        }
        if (type == CronAdmin.class) {
            return engine.cronAdmin(broker == null ? valid().settings().engine().defaultBroker() : broker);
        }
        if (type == BatchAdmin.class) {
            return engine.batchAdmin(
                    broker == null ? valid().settings().engine().defaultBroker() : broker);
        }
        if (type == LimitAdmin.class) {
            return engine.limitAdmin(
                    broker == null ? valid().settings().engine().defaultBroker() : broker);
        }
        if (type == JobRun.class) {
            return engine.currentRun();
        }
        if (type == Workers.class) {
            return engine.workers();
        }
        throw new IllegalArgumentException("nothing is injected as " + type.getName());
    }

    AsyncTarget asyncJob(Class<?> type, Method method) {
        return valid().async()
                .find(type, method)
                .orElseThrow(() -> new IllegalStateException("GOOSE-2201: " + method + " of " + type.getName()
                        + " is intercepted as an @AsyncJob, but was not found as one at deployment"));
    }

    private Deployment.Valid valid() {
        Deployment.Valid valid = deployment;
        if (valid == null) {
            throw new IllegalStateException(
                    "GOOSE-2202: Goose was used before the application's deployment was validated;"
                            + " use it from Startup, a @PostConstruct or later, not from an extension");
        }
        return valid;
    }

    private Made made() {
        Made present = made;
        if (present != null) {
            return present;
        }
        lock.lock();
        try {
            present = made;
            if (present == null) {
                if (stopped) {
                    throw new IllegalStateException("GOOSE-2205: Goose was used after the application's stop;"
                            + " use it before, or from a @PreDestroy of a bean that is not destroyed later");
                }
                present = make(valid());
                made = present;
            }
            return present;
        } finally {
            lock.unlock();
        }
    }

    private Made make(Deployment.Valid valid) {
        References references = valid.extensions().references();
        JobSurroundings surroundings = new JobSurroundings(references.beans());
        ManagedThreads threads = threads(valid);
        ContainerTransaction transaction = new ContainerTransaction();
        EngineParts parts = new EngineParts(
                valid.catalogue(),
                valid.codec().codec(),
                threads,
                extensions(
                                valid.extensions(),
                                threads,
                                valid.settings().watching().metrics())
                        .observedBy(LogContext.observers(GooseRuntime.class.getClassLoader()))
                        .observedBy(events(valid, surroundings, threads)),
                new EngineParts.Host(
                        surroundings, new SuspendWatch()::isRunning, Clock.systemUTC(), HostName.get(), transaction));
        Engine engine = valid.settings()
                .withBrokers(
                        threads,
                        ComposedBroker::new,
                        brokers -> Engine.create(valid.settings().engine(), parts, brokers));
        return new Made(engine, threads, surroundings, transaction);
    }

    private static ManagedThreads threads(Deployment.Valid valid) {
        Bean<?> own = valid.threads();
        return new ManagedThreads(
                valid.settings().threadFactory(),
                own == null ? null : valid.extensions().references().get(own, WorkerThreads.class));
    }

    /** What fires the events of jobs; nothing where nobody observes one. */
    private List<LifeCycleEvents> events(Deployment.Valid valid, JobScope scope, WorkerThreads threads) {
        BeanManager beans = valid.extensions().references().beans();
        return valid.events().isEmpty()
                ? List.of()
                : List.of(new LifeCycleEvents(
                        valid.events(), beans, scope, threads, (broker, id) -> engine().client(broker)
                                .batch(id)
                                .status()));
    }

    private static EngineParts.Extensions extensions(
            ExtensionBeans found, WorkerThreads threads, MetricsSettings metrics) {
        List<JobFailureHandler> handlers = new ArrayList<>(found.instances(JobFailureHandler.class));
        handlers.add(new LostEvents(found.references().beans()));
        List<QueueChangeListener> listeners = new ArrayList<>(found.instances(QueueChangeListener.class));
        listeners.addAll(QueueChangeEvents.of(found.references().beans()));
        return new EngineParts.Extensions(
                found.traced(Middleware.class),
                found.traced(EnqueueMiddleware.class),
                handlers,
                delays(found),
                listeners,
                SinkFeed.of(MetricsBeans.chosen(found, metrics), threads, metrics.interval()));
    }

    private static Function<String, Optional<RetryDelay.Custom>> delays(ExtensionBeans found) {
        Map<String, RetryDelay.Custom> byName = new HashMap<>();
        for (Bean<?> bean : found.all(RetryDelay.Custom.class)) {
            if (bean.getName() != null) {
                byName.put(bean.getName(), found.references().get(bean, RetryDelay.Custom.class));
            }
        }
        return name -> Optional.ofNullable(byName.get(name));
    }

    /**
     * Starts the engine. On a thread of the container that has the application's naming context and class loader: both are
     * taken from it, once.
     *
     * @throws ManagedThreads.Absent if there are workers, and no thread factory where the configuration says
     * @throws IllegalStateException if a bean or a broker that the engine needs cannot be made
     */
    void start() {
        lifeCycle.lock();
        try {
            if (started || stopped) {
                return;
            }
            boolean works = !valid().settings().engine().workers().isEmpty();
            if (works && made == null) {
                threads(valid()).capture(); // a thread without names must not look for data sources either
            }
            Made present = made();
            if (works) {
                present.threads().capture();
            } else {
                present.threads().tryCapture(); // jobs of a transaction are sent by a thread
            }
            present.surroundings().capture();
            present.transaction().capture();
            present.engine().start();
            started = true;
            LOG.log(
                    INFO,
                    () -> "GOOSE-2211: started; jobs: "
                            + valid().catalogue().definitions().size() + ", brokers: "
                            + valid().settings().brokers().keySet() + ", workers on: "
                            + valid().settings().engine().workers().keySet());
        } finally {
            lifeCycle.unlock();
        }
    }

    /** Drains and ends the engine; when several threads call this, all return when it is done. */
    void stop() {
        lifeCycle.lock();
        try {
            if (stopped) {
                return;
            }
            Made present = end();
            Deployment.Valid valid = deployment;
            try {
                if (present != null) {
                    present.engine().stop();
                }
            } finally {
                if (valid != null) {
                    valid.release();
                }
            }
        } finally {
            lifeCycle.unlock();
        }
    }

    /** From now on no engine is made; answers the one that is. */
    private @Nullable Made end() {
        lock.lock();
        try {
            stopped = true;
            return made;
        } finally {
            lock.unlock();
        }
    }
}
