package io.goose.cdi;

import static java.lang.System.Logger.Level.INFO;

import io.goose.EnqueueMiddleware;
import io.goose.JobFailureHandler;
import io.goose.Middleware;
import io.goose.RetryDelay;
import io.goose.admin.QueueAdmin;
import io.goose.cdi.AsyncJobs.AsyncTarget;
import io.goose.engine.Engine;
import io.goose.engine.EngineParts;
import io.goose.spi.Broker;
import io.goose.spi.WorkerThreads;
import jakarta.enterprise.inject.spi.Bean;
import java.lang.reflect.Method;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
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
    private boolean stopped; // guarded by lifeCycle

    /** What exists once the engine does. */
    private record Made(Engine engine, ManagedThreads threads, JobSurroundings surroundings, References references) {}

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

    QueueAdmin defaultAdmin() {
        return engine().admin(valid().settings().engine().defaultBroker());
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
            if (made == null) {
                made = make(valid());
            }
            return made;
        } finally {
            lock.unlock();
        }
    }

    private static Made make(Deployment.Valid valid) {
        References references = new References(valid.beans());
        FoundBeans found = valid.found();
        JobSurroundings surroundings = new JobSurroundings(valid.beans());
        List<Bean<?>> own = found.extending(WorkerThreads.class);
        ManagedThreads threads = new ManagedThreads(
                valid.settings().threadFactory(),
                own.isEmpty() ? null : references.get(own.get(0), WorkerThreads.class));
        Map<String, Broker> brokers = new HashMap<>();
        valid.settings()
                .brokers()
                .forEach((name, broker) -> brokers.put(name, broker.factory().create(broker.settings(), threads)));
        EngineParts parts = new EngineParts(
                valid.catalogue(),
                valid.codec(),
                threads,
                new EngineParts.Extensions(
                        references.all(found.extending(Middleware.class), Middleware.class),
                        references.all(found.extending(EnqueueMiddleware.class), EnqueueMiddleware.class),
                        references.all(found.extending(JobFailureHandler.class), JobFailureHandler.class),
                        delays(found, references)),
                new EngineParts.Host(surroundings, new SuspendWatch()::isRunning, Clock.systemUTC(), HostName.get()));
        return new Made(Engine.create(valid.settings().engine(), parts, brokers), threads, surroundings, references);
    }

    private static Function<String, Optional<RetryDelay.Custom>> delays(FoundBeans found, References references) {
        Map<String, RetryDelay.Custom> byName = new HashMap<>();
        for (Bean<?> bean : found.extending(RetryDelay.Custom.class)) {
            if (bean.getName() != null) {
                byName.put(bean.getName(), references.get(bean, RetryDelay.Custom.class));
            }
        }
        return name -> Optional.ofNullable(byName.get(name));
    }

    /**
     * Starts the engine. On a thread of the container that has the application's naming context and class loader: both are
     * taken from it, once.
     *
     * @throws IllegalStateException if there are workers, and no thread factory where the configuration says
     */
    void start() {
        lifeCycle.lock();
        try {
            if (started || stopped) {
                return;
            }
            Made present = made();
            if (!valid().settings().engine().workers().isEmpty()) {
                present.threads().capture();
            }
            present.surroundings().capture();
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
            Made present = made;
            if (stopped || present == null) {
                stopped = true;
                return;
            }
            stopped = true;
            present.engine().stop();
            present.references().release();
            if (valid().codec() instanceof AutoCloseable closeable) {
                close(closeable);
            }
        } finally {
            lifeCycle.unlock();
        }
    }

    private static void close(AutoCloseable codec) {
        try {
            codec.close();
        } catch (Exception unclosed) {
            LOG.log(System.Logger.Level.WARNING, "GOOSE-2212: the argument codec was not closed cleanly", unclosed);
        }
    }
}
