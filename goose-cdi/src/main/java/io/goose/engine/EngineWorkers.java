package io.goose.engine;

import io.goose.Workers;
import io.goose.engine.worker.StopDeadline;
import io.goose.engine.worker.Worker;
import io.goose.engine.worker.WorkerStatus;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/** The workers of an engine, made anew at each start: a worker lives once. */
final class EngineWorkers implements Workers {

    private final Supplier<Map<String, Worker>> factory;
    private final Duration grace;
    private Map<String, Worker> running = Map.of(); // guarded by this
    private boolean ended; // guarded by this

    EngineWorkers(Supplier<Map<String, Worker>> factory, Duration grace) {
        this.factory = factory;
        this.grace = grace;
    }

    @Override
    public synchronized void start() {
        if (ended) {
            throw new IllegalStateException("GOOSE-4014: the engine was stopped, its workers cannot be started again");
        }
        if (running.isEmpty()) {
            running = factory.get();
            running.values().forEach(Worker::start);
        }
    }

    @Override
    public synchronized void stop() {
        if (running.isEmpty()) {
            return;
        }
        StopDeadline stop = StopDeadline.ofJvm();
        long deadline = stop.begin(grace);
        try {
            // Together: the deadline is one for all, and the first to be asked must not use up the others' time.
            Worker[] all = running.values().toArray(Worker[]::new);
            for (Worker worker : all) {
                worker.drain();
            }
            for (Worker worker : all) {
                worker.stop(deadline);
            }
        } finally {
            stop.end();
            running = Map.of();
        }
    }

    /** Stops for good. */
    synchronized void end() {
        ended = true;
        stop();
    }

    @Override
    public synchronized boolean isRunning() {
        return !running.isEmpty();
    }

    synchronized Map<String, WorkerStatus> status() {
        Map<String, WorkerStatus> status = new TreeMap<>();
        running.forEach((name, worker) -> status.put(name, worker.status()));
        return status;
    }
}
