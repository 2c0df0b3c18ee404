package io.goose.engine;

import io.goose.GooseClient;
import io.goose.JobCall;
import io.goose.engine.cron.CronSignal;
import io.goose.engine.cron.CronTicker;
import io.goose.engine.cron.CronTicker.Declared;
import io.goose.engine.cron.Crons;
import io.goose.engine.worker.SideLoop;
import io.goose.job.Envelope;
import io.goose.spi.Broker;
import io.goose.spi.Capability;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The recurring jobs of each broker, and the loops of the workers that enqueue them. Thread-safe. */
final class EngineCrons {

    private final Map<String, Broker> brokers;
    private final Map<String, Crons> crons = new TreeMap<>();
    private final Map<String, CronSignal> signals = new TreeMap<>();
    private final Envelope.Origin origin;
    private final EngineParts parts;

    EngineCrons(Map<String, Broker> brokers, Envelope.Origin origin, EngineParts parts) {
        this.brokers = Map.copyOf(brokers);
        this.origin = origin;
        this.parts = parts;
        brokers.forEach((name, broker) -> {
            CronSignal signal = new CronSignal();
            signals.put(name, signal);
            crons.put(name, new Crons(broker, origin, signal));
        });
    }

    Crons of(String broker) {
        return Objects.requireNonNull(crons.get(broker), broker);
    }

    private Broker broker(String name) {
        return Objects.requireNonNull(brokers.get(name), name);
    }

    /** What is wrong if jobs recur by declaration and this broker, which is to keep them, does not; a message for each. */
    List<String> lacking(String broker) {
        if (broker(broker).capabilities().contains(Capability.CRON)) {
            return List.of();
        }
        return parts.catalogue().crons().stream()
                .map(declared -> "GOOSE-2226: job " + declared.where() + " has @Cron, but broker '" + broker
                        + "' keeps no recurring jobs; use Redis or JDBC, give it a ledger by goose.broker." + broker
                        + ".ledger, or remove the annotation")
                .toList();
    }

    /**
     * What a worker of the broker does beside its jobs.
     *
     * @param declares registers what jobs declare; null where that is for another broker
     */
    List<SideLoop> beside(String broker, @Nullable GooseClient declares) {
        Broker owner = broker(broker);
        if (!owner.capabilities().contains(Capability.CRON)) {
            return List.of();
        }
        List<Declared> declared = declares == null
                ? List.of()
                : parts.catalogue().crons().stream()
                        .map(cron -> new Declared(
                                cron.where(), () -> declares.performEvery(cron.entry(), JobCall.of(cron.job()))))
                        .toList();
        return List.of(new CronTicker(
                broker,
                owner::crons,
                parts.host().mayLease(),
                origin,
                Objects.requireNonNull(signals.get(broker), broker),
                declared));
    }
}
