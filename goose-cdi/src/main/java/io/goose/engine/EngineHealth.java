package io.goose.engine;

import io.goose.GooseHealth;
import io.goose.engine.worker.WorkerStatus;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;

/** What the workers say of themselves, as applications see it. */
final class EngineHealth {

    private EngineHealth() {}

    static GooseHealth of(EngineWorkers workers, boolean started, Collection<String> names) {
        Map<String, WorkerStatus> status = workers.status();
        Map<String, GooseHealth.OfBroker> brokers = new TreeMap<>();
        names.forEach(name -> {
            WorkerStatus worker = status.get(name);
            brokers.put(name, worker == null ? GooseHealth.OfBroker.IDLE : of(worker));
        });
        return new GooseHealth(workers.phase(), started, brokers);
    }

    private static GooseHealth.OfBroker of(WorkerStatus worker) {
        return new GooseHealth.OfBroker(
                true,
                !worker.session().isEmpty(),
                worker.connected(),
                worker.sinceLastBeat(),
                worker.lag(),
                worker.loops(),
                worker.deadLoops(),
                worker.outstanding(),
                worker.unwritten());
    }
}
