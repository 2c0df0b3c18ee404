package io.goose.engine;

import io.goose.GooseHealth;
import io.goose.engine.worker.WorkerStatus;
import io.goose.spi.Broker;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/** What the workers say of themselves, as applications see it. */
final class EngineHealth {

    private EngineHealth() {}

    static GooseHealth of(EngineWorkers workers, boolean started, Map<String, Broker> all) {
        Map<String, WorkerStatus> status = workers.status();
        Map<String, GooseHealth.OfBroker> brokers = new TreeMap<>();
        all.forEach((name, broker) -> {
            WorkerStatus worker = status.get(name);
            brokers.put(name, worker == null ? GooseHealth.OfBroker.IDLE : of(worker, broker));
        });
        return new GooseHealth(workers.phase(), started, brokers);
    }

    private static GooseHealth.OfBroker of(WorkerStatus worker, Broker broker) {
        return new GooseHealth.OfBroker(
                true,
                !worker.session().isEmpty(),
                worker.connected(),
                worker.sinceLastBeat(),
                worker.lag(),
                broker.ledgerLag().orElse(Duration.ZERO),
                worker.loops(),
                worker.deadLoops(),
                worker.outstanding(),
                worker.unwritten());
    }
}
