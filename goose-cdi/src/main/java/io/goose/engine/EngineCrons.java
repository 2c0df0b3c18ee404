package io.goose.engine;

import io.goose.GooseClient;
import io.goose.JobCall;
import io.goose.engine.cron.CronSignal;
import io.goose.engine.cron.CronTicker;
import io.goose.engine.cron.CronTicker.Declared;
import io.goose.engine.cron.Crons;
import io.goose.engine.handler.DeclaredCron;
import io.goose.engine.worker.SideLoop;
import io.goose.job.Envelope;
import io.goose.spi.Broker;
import io.goose.spi.Capability;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

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

    /**
     * What is wrong with the brokers that are to keep what jobs declare; a message for each.
     *
     * @param standard the default broker
     * @param workers those that have a worker here
     */
    List<String> lacking(String standard, Set<String> workers) {
        List<String> lacking = new ArrayList<>();
        for (DeclaredCron declared : parts.catalogue().crons()) {
            String name = declared.broker().isEmpty() ? standard : declared.broker();
            Broker broker = brokers.get(name);
            if (broker == null) {
                lacking.add("GOOSE-2320: job " + declared.where() + " has a @Cron for broker '" + name
                        + "', which is not in goose.brokers=" + String.join(",", crons.keySet())
                        + "; add it there or name one of these");
            } else if (workers.contains(name) && !broker.capabilities().contains(Capability.CRON)) {
                lacking.add("GOOSE-2226: job " + declared.where() + " has @Cron, but broker '" + name
                        + "' keeps no recurring jobs; use Redis or JDBC, give it a ledger by goose.broker." + name
                        + ".ledger, or remove the annotation");
            }
        }
        return lacking;
    }

    /**
     * What a worker of the broker does beside its jobs.
     *
     * @param client registers what jobs declare for the broker
     * @param standard whether it is the default one
     */
    List<SideLoop> beside(String broker, GooseClient client, boolean standard) {
        Broker owner = broker(broker);
        if (!owner.capabilities().contains(Capability.CRON)) {
            return List.of();
        }
        List<Declared> declared = parts.catalogue().crons().stream()
                .filter(cron ->
                        cron.broker().isEmpty() ? standard : cron.broker().equals(broker))
                .map(cron ->
                        new Declared(cron.where(), () -> client.performEvery(cron.entry(), JobCall.of(cron.job()))))
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
