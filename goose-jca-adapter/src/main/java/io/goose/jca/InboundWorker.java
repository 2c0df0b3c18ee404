package io.goose.jca;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import io.goose.broker.jca.Deliveries;
import io.goose.engine.HostName;
import io.goose.engine.observe.Observation;
import io.goose.engine.run.LeaseRunner;
import io.goose.engine.run.RunLimits;
import io.goose.engine.worker.StopDeadline;
import io.goose.engine.worker.Worker;
import io.goose.engine.worker.WorkerParts;
import io.goose.engine.worker.WorkerSettings;
import io.goose.engine.worker.WorkerStop;
import io.goose.spi.Broker;
import jakarta.resource.ResourceException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The worker of one endpoint, from its activation to its deactivation. It begins to lease when the endpoint has said what it can
 * run, for which its application must have started. Thread-safe; used once.
 */
final class InboundWorker {

    private static final System.Logger LOG = System.getLogger(InboundWorker.class.getName());
    private static final long FIRST_PAUSE_MILLIS = 50;
    private static final long LONGEST_PAUSE_MILLIS = 5_000;
    private static final long LAST_WAIT_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Endpoint endpoint;
    private final GooseActivationSpec.Inbound wanted;
    private final Supplier<Broker> brokers;
    private final WorkThreads threads;
    private final Duration patience;
    private final CountDownLatch ending = new CountDownLatch(1);
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Worker worker; // guarded by lock
    private @Nullable Broker broker; // guarded by lock
    private boolean ended; // guarded by lock

    /**
     * @param brokers makes the broker, which ends with this
     * @param patience how long the server may take to give threads before it is told of
     */
    InboundWorker(
            Endpoint endpoint,
            GooseActivationSpec.Inbound wanted,
            Supplier<Broker> brokers,
            WorkThreads threads,
            Duration patience) {
        this.patience = patience;
        this.endpoint = endpoint;
        this.wanted = wanted;
        this.brokers = brokers;
        this.threads = threads;
    }

    /** Begins, on a thread of the server's, and returns at once. */
    void begin() {
        threads.start("goose-inbound-begin", this::open);
    }

    private void open() {
        long pause = FIRST_PAUSE_MILLIS;
        boolean told = false;
        while (ending.getCount() > 0) {
            try {
                Deliveries.Abilities abilities = endpoint.abilities();
                Optional<String> refusal = endpoint.refusal(abilities);
                if (refusal.isPresent()) { // as long as the application is what it is
                    LOG.log(ERROR, "GOOSE-4222: {0} gets no jobs: {1}", endpoint.name(), refusal.get());
                    return;
                }
                start(abilities);
                tellOfLackingThreads();
                return;
            } catch (ResourceException | RuntimeException | LinkageError notYet) {
                LOG.log(DEBUG, "{0} does not begin yet: {1}", endpoint.name(), notYet.getMessage());
                if (pause == LONGEST_PAUSE_MILLIS && !told) { // before that it is an application that starts
                    told = true;
                    LOG.log(
                            WARNING,
                            () -> "GOOSE-4194: " + endpoint.name() + " gets no jobs yet: " + notYet.getMessage()
                                    + "; it is asked again every 5 s",
                            notYet);
                }
            }
            try {
                if (ending.await(pause, TimeUnit.MILLISECONDS)) {
                    return;
                }
            } catch (InterruptedException asked) { // the server takes its threads back
                Thread.currentThread().interrupt();
                return;
            }
            pause = Math.min(LONGEST_PAUSE_MILLIS, 2 * pause);
        }
    }

    /** A server may have none left, as Open Liberty while its processors are busy, and say nothing of it. */
    private void tellOfLackingThreads() {
        try {
            Set<String> lacking = threads.awaitThreads(patience.toNanos(), () -> ending.getCount() == 0);
            if (!lacking.isEmpty() && ending.getCount() > 0) {
                LOG.log(
                        WARNING,
                        "GOOSE-4202: {0} waits for threads of the server''s work manager for {1}; jobs may wait with it. If that"
                                + " does not end by itself, give the work manager more: this bean takes its threads and five"
                                + " more",
                        endpoint.name(),
                        lacking);
            }
        } catch (InterruptedException asked) { // the server takes its threads back
            Thread.currentThread().interrupt();
        }
    }

    private void start(Deliveries.Abilities abilities) {
        Broker made = brokers.get();
        LeaseRunner runner = runner(made); // asks the broker, for which an end is not to wait
        lock.lock();
        try {
            if (ended) {
                made.close();
                return;
            }
            WorkerSettings.Times usual = WorkerSettings.Times.DEFAULT;
            Worker begun = new Worker(
                    new WorkerSettings(
                            wanted.queues(),
                            WorkerSettings.Order.WEIGHTED,
                            wanted.threads(),
                            new WorkerSettings.Times(
                                    usual.lookahead(),
                                    wanted.grace(),
                                    usual.heartbeat(),
                                    usual.lease(),
                                    usual.unknownPatience())),
                    new WorkerParts(
                            made,
                            "inbound",
                            runner,
                            abilities.announced(),
                            threads,
                            new WorkerParts.Where(
                                    HostName.get(),
                                    endpoint.doorway(),
                                    new RunLimits(Duration.ZERO, abilities.cancelGrace(), abilities.stuckAfter())),
                            Observation.OFF));
            try {
                begun.start();
            } catch (RuntimeException | Error refused) { // none is left half started
                stop(begun, made);
                throw refused;
            }
            worker = begun;
            broker = made;
            LOG.log(INFO, "GOOSE-4195: {0} gets jobs of {1}", endpoint.name(), made.describe());
        } finally {
            lock.unlock();
        }
    }

    /** What runs the jobs; without one the broker is closed. */
    private LeaseRunner runner(Broker made) {
        if (!endpoint.isTransacted()) {
            return endpoint;
        }
        boolean isStrict = wanted.durability() == XaDurability.STRICT;
        boolean isGood = false;
        try {
            if (isStrict) {
                made.branches().check();
            }
            isGood = true;
            return new TransactedDeliveries(endpoint, made.branches(), isStrict);
        } finally {
            if (!isGood) {
                made.close();
            }
        }
    }

    /** Whether its deliveries are in transactions. */
    boolean isTransacted() {
        return endpoint.isTransacted();
    }

    private void stop(Worker begun, Broker made) {
        StopDeadline stop = StopDeadline.ofJvm();
        long deadline = stop.begin(wanted.grace());
        try {
            WorkerStop.stop(List.of(begun), deadline);
        } finally {
            stop.end();
            try {
                made.close();
            } catch (RuntimeException unclean) {
                LOG.log(WARNING, "GOOSE-4196: the broker of " + endpoint.name() + " was not closed cleanly", unclean);
            }
        }
    }

    /** Ends it: running jobs get their grace, what was not started goes back, and the server has its threads again. */
    void end() {
        Worker present;
        Broker itsBroker;
        ending.countDown();
        threads.wake();
        lock.lock();
        try {
            ended = true;
            present = worker;
            itsBroker = broker;
            worker = null;
            broker = null;
        } finally {
            lock.unlock();
        }
        if (present != null && itsBroker != null) {
            stop(present, itsBroker);
        }
        try {
            Set<String> left = threads.awaitEnd(LAST_WAIT_NANOS);
            if (!left.isEmpty()) {
                LOG.log(
                        WARNING,
                        "GOOSE-4197: {0} has ended, but these still run on threads of the server''s work manager: {1}",
                        endpoint.name(),
                        left);
            }
        } catch (InterruptedException hurry) {
            Thread.currentThread().interrupt();
        }
    }
}
