package io.goose.broker.composed;

import io.goose.BrokerUnavailableException;
import io.goose.GooseException;
import io.goose.QueueNames;
import io.goose.admin.Place;
import io.goose.admin.QueueStats;
import io.goose.admin.StoredJob;
import io.goose.job.JobId;
import io.goose.job.QueuedJob;
import io.goose.spi.Broker;
import io.goose.spi.Capability;
import io.goose.spi.GuardedLedger;
import io.goose.spi.Ledger;
import io.goose.spi.SendResult;
import io.goose.spi.Session;
import io.goose.spi.SessionSpec;
import io.goose.spi.Transport;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A broker of a transport, where ready jobs wait and are worked on, and a ledger, which keeps the others: scheduled and retried
 * ones, the dead, the parked. A job that has been in the ledger is guarded there until it is settled; a plain one that is run at
 * the first delivery touches the ledger when it is sent, to see that its id is free, and not again.
 *
 * <p>Thread-safe. Closing it closes the transport; the ledger stays its owner's.
 *
 * @since 0.1
 */
public final class ComposedBroker implements Broker {

    private static final Set<Capability> OF_THE_LEDGER = EnumSet.of(Capability.DELAY, Capability.SCHEDULED_LIST);

    private final Transport transport;
    private final Ledger waiting;
    private final GuardedLedger ledger;
    private final DueRelay relay;
    private final Set<Capability> capabilities;
    private final Set<ComposedSession> sessions = ConcurrentHashMap.newKeySet();

    /**
     * @param waiting what is to be seen of the jobs in the transport, as far as its capabilities go
     */
    public ComposedBroker(Transport transport, Ledger waiting, GuardedLedger ledger) {
        this.transport = transport;
        this.waiting = waiting;
        this.ledger = ledger;
        this.relay = new DueRelay(transport, ledger);
        Set<Capability> all = EnumSet.copyOf(OF_THE_LEDGER);
        all.addAll(transport.capabilities());
        all.remove(Capability.JOINS_TRANSACTION);
        all.remove(Capability.TRANSACTIONAL_SETTLE);
        this.capabilities = Collections.unmodifiableSet(all);
    }

    @Override
    public CompletionStage<List<SendResult>> send(List<QueuedJob> jobs) {
        Sending sending = new Sending(jobs);
        return transport.send(sending.forTheTransport()).thenApply(sending::answers);
    }

    /** One list of jobs on its way. */
    private final class Sending {
        private final @Nullable SendResult[] results;
        private final List<QueuedJob> jobs;
        private final List<Integer> ready = new ArrayList<>();

        private Sending(List<QueuedJob> jobs) {
            this.jobs = jobs;
            this.results = new SendResult[jobs.size()];
        }

        /** What the transport gets, after the ledger has what is for later. */
        private List<QueuedJob> forTheTransport() {
            try {
                List<Integer> later = new ArrayList<>();
                for (int i = 0; i < results.length; i++) {
                    boolean goes = QueueNames.problem(jobs.get(i).queue()).isPresent() // which the transport refuses
                            || jobs.get(i).state().notBefore() == null;
                    (goes ? ready : later).add(i);
                }
                keep(later);
                checkReady();
            } catch (GooseException away) {
                ready.clear();
                for (int i = 0; i < results.length; i++) {
                    results[i] = results[i] == null ? new SendResult.Unknown(true, away) : results[i];
                }
            }
            return chosen(ready);
        }

        private List<QueuedJob> chosen(List<Integer> indices) {
            return indices.stream().map(jobs::get).toList();
        }

        private void keep(List<Integer> later) {
            List<Integer> free =
                    later.stream().filter(i -> !isInTransport(jobs.get(i), i)).toList();
            if (free.isEmpty()) {
                return;
            }
            List<SendResult> kept = ledger.keep(chosen(free));
            for (int i = 0; i < kept.size(); i++) {
                results[free.get(i)] = kept.get(i);
            }
            chosen(free).stream().map(QueuedJob::queue).distinct().forEach(queue -> {
                relay.send(queue); // the ledger's clock says what is due already
                wake(queue);
            });
        }

        private boolean isInTransport(QueuedJob job, int index) {
            boolean there = waiting.find(job.queue(), job.id()).isPresent();
            if (there) {
                results[index] = new SendResult.Exists(job.id());
            }
            return there;
        }

        private void checkReady() {
            List<Integer> valid = ready.stream()
                    .filter(i -> QueueNames.problem(jobs.get(i).queue()).isEmpty())
                    .toList();
            if (valid.isEmpty()) {
                return;
            }
            List<Boolean> may = ledger.maySend(chosen(valid));
            for (int i = 0; i < may.size(); i++) {
                if (!may.get(i)) {
                    results[valid.get(i)] =
                            new SendResult.Exists(jobs.get(valid.get(i)).id());
                    ready.remove(valid.get(i));
                }
            }
        }

        private List<SendResult> answers(List<SendResult> ofTheTransport) {
            List<QueuedJob> marked = new ArrayList<>();
            for (int i = 0; i < ready.size(); i++) {
                results[ready.get(i)] = ofTheTransport.get(i);
                QueuedJob job = jobs.get(ready.get(i));
                if ((job.marked() || job.state().moves() > 0)
                        && !(ofTheTransport.get(i) instanceof SendResult.Unknown)
                        && !(ofTheTransport.get(i) instanceof SendResult.Rejected)) {
                    marked.add(job);
                }
            }
            List<SendResult> all = new ArrayList<>();
            for (@Nullable SendResult result : results) {
                all.add(result == null ? SendResult.Accepted.INSTANCE : result);
            }
            if (!marked.isEmpty()) {
                try {
                    ledger.noteSent(marked);
                } catch (BrokerUnavailableException away) { // the transport has its own marks
                    return all;
                }
            }
            return all;
        }
    }

    @Override
    public Session open(SessionSpec spec) {
        ComposedSession session = new ComposedSession(
                transport.open(spec),
                spec,
                new ComposedSession.Parts(waiting, ledger, relay, this::wake, transport::queues, sessions::remove));
        sessions.add(session);
        return session;
    }

    /** Ends the waits of this process's sessions of a queue: something of it is due at another time. */
    private void wake(String queue) {
        sessions.stream().filter(session -> session.serves(queue)).forEach(ComposedSession::wake);
    }

    @Override
    public Set<Capability> capabilities() {
        return capabilities;
    }

    @Override
    public Set<String> queues() {
        Set<String> all = new TreeSet<>(transport.queues());
        all.addAll(ledger.queues());
        return Collections.unmodifiableSet(all);
    }

    @Override
    public void pause(String queue) {
        transport.pause(queue);
    }

    @Override
    public void resume(String queue) {
        transport.resume(queue);
    }

    @Override
    public void check() {
        transport.check();
        ledger.upkeep();
    }

    @Override
    public String describe() {
        return transport.describe() + " with a ledger";
    }

    @Override
    public QueueStats stats(String queue) {
        QueueStats there = waiting.stats(queue);
        QueueStats here = ledger.stats(queue);
        return new QueueStats(
                queue,
                there.waiting(),
                there.running(),
                there.scheduled() + here.scheduled(),
                there.dead() + here.dead(),
                there.parked() + here.parked(),
                there.paused());
    }

    @Override
    public Optional<StoredJob> find(String queue, JobId id) {
        return waiting.find(queue, id).or(() -> ledger.find(queue, id));
    }

    @Override
    public List<StoredJob> list(String queue, Place place, int offset, int limit) {
        if (place == Place.WAITING || place == Place.RUNNING) {
            return waiting.list(queue, place, offset, limit);
        }
        // Few are in the transport: those that wait for a worker that knows them.
        return Stream.concat(
                        waiting.list(queue, place, 0, offset + limit).stream(),
                        ledger.list(queue, place, 0, offset + limit).stream())
                .skip(offset)
                .limit(limit)
                .toList();
    }

    @Override
    public boolean delete(String queue, JobId id) {
        if (ledger.delete(queue, id)) {
            return true;
        }
        if (!waiting.delete(queue, id)) {
            return false;
        }
        ledger.forget(queue, id);
        return true;
    }

    @Override
    public boolean replay(String queue, JobId id) {
        if (!ledger.replay(queue, id)) {
            return waiting.replay(queue, id);
        }
        relay.send(queue);
        return true;
    }

    @Override
    public void close() {
        transport.close();
        sessions.clear();
    }
}
