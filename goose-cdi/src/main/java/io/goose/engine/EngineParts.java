package io.goose.engine;

import io.goose.EnqueueMiddleware;
import io.goose.JobFailureHandler;
import io.goose.Middleware;
import io.goose.RetryDelay;
import io.goose.admin.QueueChangeListener;
import io.goose.engine.handler.JobCatalogue;
import io.goose.engine.observe.EngineObserver;
import io.goose.engine.run.JobScope;
import io.goose.engine.transaction.BrokerTransactions;
import io.goose.engine.transaction.TransactionMode;
import io.goose.spi.ArgumentCodec;
import io.goose.spi.SurroundingTransaction;
import io.goose.spi.WorkerThreads;
import java.time.Clock;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * What the host brings to the engine.
 *
 * @param catalogue the jobs it can run
 * @param codec for arguments; the engine does not close it
 * @param threads where all threads come from
 * @param extensions what wraps and watches jobs
 * @param host the surroundings
 */
public record EngineParts(
        JobCatalogue catalogue, ArgumentCodec codec, WorkerThreads threads, Extensions extensions, Host host) {

    /** What surrounds the transactions of all brokers. */
    BrokerTransactions.Parts around(TransactionMode mode) {
        return new BrokerTransactions.Parts(
                mode, host.transaction(), threads, extensions.failureHandlers(), host.scope(), host.clock());
    }

    /**
     * What wraps and watches jobs.
     *
     * @param middlewares around execution, outermost first
     * @param enqueueMiddlewares around enqueuing, outermost first
     * @param failureHandlers told of failures, in order
     * @param retryDelays the delay of {@code named:x}, by x
     * @param queueListeners told of changes in queues, in order
     * @param observers told of what the engine does, in order
     */
    public record Extensions(
            List<Middleware> middlewares,
            List<EnqueueMiddleware> enqueueMiddlewares,
            List<JobFailureHandler> failureHandlers,
            Function<String, Optional<RetryDelay.Custom>> retryDelays,
            List<QueueChangeListener> queueListeners,
            List<EngineObserver> observers) {
        public static final Extensions NONE = new Extensions(List.of(), List.of(), List.of(), name -> Optional.empty());

        /** With nobody who is told of changes in queues. */
        public Extensions(
                List<Middleware> middlewares,
                List<EnqueueMiddleware> enqueueMiddlewares,
                List<JobFailureHandler> failureHandlers,
                Function<String, Optional<RetryDelay.Custom>> retryDelays) {
            this(middlewares, enqueueMiddlewares, failureHandlers, retryDelays, List.of(), List.of());
        }

        /** The same with more observers. */
        public Extensions observedBy(List<? extends EngineObserver> more) {
            List<EngineObserver> all = new ArrayList<>(observers);
            all.addAll(more);
            return new Extensions(middlewares, enqueueMiddlewares, failureHandlers, retryDelays, queueListeners, all);
        }

        public Extensions {
            middlewares = List.copyOf(middlewares);
            enqueueMiddlewares = List.copyOf(enqueueMiddlewares);
            failureHandlers = List.copyOf(failureHandlers);
            queueListeners = List.copyOf(queueListeners);
            observers = List.copyOf(observers);
        }
    }

    /**
     * The surroundings.
     *
     * @param scope around user code
     * @param mayLease false while the server is suspended; asked before each claim, must be quick
     * @param clock wall-clock time of this host
     * @param name the host's name, for people to read
     * @param transaction what surrounds the threads that enqueue
     */
    public record Host(
            JobScope scope,
            BooleanSupplier mayLease,
            InstantSource clock,
            String name,
            SurroundingTransaction transaction) {

        /** A host without a container. */
        public static Host plain(SurroundingTransaction transaction) {
            return new Host(JobScope.NONE, () -> true, Clock.systemUTC(), HostName.get(), transaction);
        }
    }
}
