package io.goose.engine;

import static java.lang.System.Logger.Level.ERROR;

import io.goose.Workers;
import io.goose.engine.worker.StopDeadline;
import io.goose.engine.worker.Worker;
import io.goose.engine.worker.WorkerStatus;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * The workers of an engine, made anew at each start: a worker lives once.
 *
 * <p>A stop takes as long as its grace. Meanwhile the questions are answered at once, to a job that asks whether its worker
 * stops and to the readiness check; only another start or stop waits.
 */
final class EngineWorkers implements Workers {

    private static final System.Logger LOG = System.getLogger(EngineWorkers.class.getName());

    private final Supplier<Map<String, Worker>> factory;
    private final Duration grace;
    private final ReentrantLock change = new ReentrantLock();
    private volatile Map<String, Worker> workers = Map.of(); // written under change
    private volatile boolean running; // written under change
    private boolean ended; // guarded by change

    EngineWorkers(Supplier<Map<String, Worker>> factory, Duration grace) {
        this.factory = factory;
        this.grace = grace;
    }

    @Override
    public void start() {
        change.lock();
        try {
            if (ended) {
                throw new IllegalStateException(
                        "GOOSE-4014: the engine was stopped, its workers cannot be started again");
            }
            if (!running) {
                workers = factory.get();
                running = true;
                startAll();
            }
        } finally {
            change.unlock();
        }
    }

    private void startAll() {
        try {
            workers.values().forEach(Worker::start);
        } catch (RuntimeException | Error refused) { // the server makes no threads any more: none is left half started
            stop();
            throw refused;
        }
    }

    @Override
    public void stop() {
        change.lock();
        try {
            if (running) {
                running = false;
                stopAll(workers.values().toArray(Worker[]::new));
            }
        } finally {
            change.unlock();
        }
    }

    private void stopAll(Worker[] all) {
        StopDeadline stop = StopDeadline.ofJvm();
        long deadline = stop.begin(grace);
        try {
            // Together: the deadline is one for all, and the first to be asked must not use up the others' time.
            for (Worker worker : all) {
                quietly("drained", worker::drain);
            }
            for (Worker worker : all) {
                quietly("stopped", () -> worker.stop(deadline));
            }
        } finally {
            stop.end();
            workers = Map.of();
        }
    }

    /** A worker's trouble is its own: the others are stopped all the same. */
    private static void quietly(String what, Runnable action) {
        try {
            action.run();
        } catch (RuntimeException | Error unclean) {
            LOG.log(
                    ERROR,
                    "GOOSE-4017: a worker was not " + what + " cleanly; its leases become free by expiry",
                    unclean);
        }
    }

    /** Stops for good. */
    void end() {
        change.lock();
        try {
            ended = true;
            stop();
        } finally {
            change.unlock();
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    Map<String, WorkerStatus> status() {
        Map<String, WorkerStatus> status = new TreeMap<>();
        workers.forEach((name, worker) -> status.put(name, worker.status()));
        return status;
    }
}
