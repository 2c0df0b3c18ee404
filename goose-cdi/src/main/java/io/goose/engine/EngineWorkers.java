package io.goose.engine;

import io.goose.GooseHealth;
import io.goose.Workers;
import io.goose.engine.worker.StopDeadline;
import io.goose.engine.worker.Worker;
import io.goose.engine.worker.WorkerStatus;
import io.goose.engine.worker.WorkerStop;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * The workers of an engine, made anew at each start: a worker lives once.
 *
 * <p>A stop takes as long as its grace. Meanwhile the questions are answered at once, to a job that asks whether its worker
 * stops and to the readiness check; only another start or stop waits.
 */
final class EngineWorkers implements Workers {

    private final Supplier<Map<String, Worker>> factory;
    private final Duration grace;
    private final BooleanSupplier inJob;
    private final Supplier<GooseHealth> health;
    private final ReentrantLock change = new ReentrantLock();
    private volatile Map<String, Worker> workers = Map.of(); // written under change
    private volatile boolean running; // written under change
    private volatile boolean stopping; // written under change
    private volatile boolean ended; // written under change

    /**
     * @param inJob whether the calling thread runs a job of this engine
     * @param health what is said of it all
     */
    EngineWorkers(
            Supplier<Map<String, Worker>> factory,
            Duration grace,
            BooleanSupplier inJob,
            Supplier<GooseHealth> health) {
        this.factory = factory;
        this.grace = grace;
        this.inJob = inJob;
        this.health = health;
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
            running = false;
            stopAll();
            throw refused;
        }
    }

    @Override
    public void stop() {
        refuseJobs();
        change.lock();
        try {
            if (running) {
                stopping = true; // first: nobody sends work here any more when leasing stops
                running = false;
                stopAll();
            }
        } finally {
            stopping = false;
            change.unlock();
        }
    }

    private void stopAll() {
        StopDeadline stop = StopDeadline.ofJvm();
        long deadline = stop.begin(grace);
        try {
            WorkerStop.stop(workers.values(), deadline);
        } finally {
            stop.end();
            workers = Map.of();
        }
    }

    /** Throws IllegalStateException if the calling thread is in a job. */
    void refuseJobs() {
        if (inJob.getAsBoolean()) {
            throw new IllegalStateException(
                    "GOOSE-4019: a job cannot stop its own workers, which would wait for it; stop them"
                            + " from another thread, and do not wait for that one in the job");
        }
    }

    /** Stops for good. */
    void end() {
        refuseJobs();
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

    @Override
    public GooseHealth health() {
        return health.get();
    }

    GooseHealth.Phase phase() {
        if (ended) {
            return workers.isEmpty() ? GooseHealth.Phase.STOPPED : GooseHealth.Phase.STOPPING;
        }
        return stopping ? GooseHealth.Phase.STOPPING : running ? GooseHealth.Phase.RUNNING : GooseHealth.Phase.IDLE;
    }

    Map<String, WorkerStatus> status() {
        Map<String, WorkerStatus> status = new TreeMap<>();
        workers.forEach((name, worker) -> status.put(name, worker.status()));
        return status;
    }
}
