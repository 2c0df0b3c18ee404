package io.goose.broker.composed;

import io.goose.GooseException;
import io.goose.admin.Place;
import io.goose.admin.QueueStats;
import io.goose.admin.StoredJob;
import io.goose.job.CancelResult;
import io.goose.job.JobId;
import io.goose.job.JobResult;
import io.goose.job.QueuedJob;
import io.goose.spi.BatchLedger;
import io.goose.spi.Broker;
import io.goose.spi.CancelWatch;
import io.goose.spi.Capability;
import io.goose.spi.CronLedger;
import io.goose.spi.EvictionListener;
import io.goose.spi.GuardedLedger;
import io.goose.spi.GuardedLedger.Due;
import io.goose.spi.Housekeeping;
import io.goose.spi.JoinableTransport;
import io.goose.spi.PoolUse;
import io.goose.spi.SendResult;
import io.goose.spi.Session;
import io.goose.spi.SessionSpec;
import io.goose.spi.Track;
import io.goose.spi.UniqueJobs;
import io.goose.spi.WorkerThreads;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A broker of a transport, where ready jobs wait and are worked on, and a ledger, which keeps the others: scheduled and retried
 * ones, the dead, the parked. A job that has been in the ledger is guarded there until it is settled. With {@link Track#GUARDED} a
 * plain one that is run at the first delivery never touches the ledger, unless the transport knows ids: then the ledger is asked
 * when it is sent whether the id is free. With {@link Track#ALL} every job has a row from before it is sent.
 *
 * <p>Thread-safe. Closing it closes the transport; the ledger stays its owner's.
 *
 * @since 0.1
 */
public final class ComposedBroker implements Broker {

    private static final System.Logger LOG = System.getLogger(ComposedBroker.class.getName());

    private final Halves halves;
    private final DueRelay relay;
    private final Marks marks;
    private final Set<Capability> capabilities;
    private final Housekeeping housekeeping;
    private final @Nullable ComposedCancels cancels; // null where jobs cannot be cancelled
    private final Set<ComposedSession> sessions = ConcurrentHashMap.newKeySet();
    private final CancelWatch watch;
    private volatile boolean closed;

    /**
     * @param threads where the thread comes from that notes what was sent, while there is something to note
     */
    public ComposedBroker(JoinableTransport transport, GuardedLedger ledger, Track track, WorkerThreads threads) {
        this.halves = new Halves(transport.transport(), transport.view(), ledger, track);
        this.relay = new DueRelay(transport.transport(), ledger);
        this.marks = new Marks(relay, threads);
        this.capabilities = halves.capabilities();
        this.housekeeping = new ComposedHousekeeping(halves, this::sendDue);
        this.cancels = ledger.asked()
                .map(asked -> new ComposedCancels(
                        halves, asked, housekeeping, id -> sessions.forEach(session -> session.ask(id))))
                .orElse(null);
        this.watch = new CancelWatch(threads, () -> sessions.forEach(ComposedSession::lookForCancels));
        ledger.onDue(this::sendDueIfPossible);
    }

    @Override
    public CompletionStage<List<SendResult>> send(List<QueuedJob> jobs) {
        if (closed) {
            return halves.transport().send(jobs); // which says so
        }
        if (!capabilities.contains(Capability.UNIQUE)) {
            UniqueJobs.mustBeNone(jobs, describe());
        }
        Sending sending = new Sending(halves, marks, this::sendDue, jobs);
        return halves.transport().send(sending.forTheTransport()).thenApply(sending::answers);
    }

    @Override
    public Duration answersWithin() {
        return halves.transport().answersWithin();
    }

    private void sendDue(String queue) {
        relay.send(queue);
        wake(queue);
    }

    /** For what has been done already: a claim sends what cannot be sent now. */
    private void sendDueIfPossible(String queue) {
        if (closed) {
            return;
        }
        try {
            Due due = relay.sendSoon(queue);
            LOG.log(
                    Level.DEBUG,
                    "{0} jobs that are due in queue {1} are sent",
                    due.taken().size(),
                    queue);
            wake(queue);
        } catch (GooseException away) {
            LOG.log(Level.DEBUG, "what is due in queue {0} is sent later: {1}", queue, away.getMessage());
        }
    }

    @Override
    public Session open(SessionSpec spec) {
        ComposedSession session = new ComposedSession(
                halves.transport().open(spec),
                spec,
                new ComposedSession.Parts(halves, relay, this::wake, sessions::remove));
        sessions.add(session);
        if (cancels != null) {
            watch.start();
        }
        try {
            session.recall();
        } catch (GooseException away) { // its sweeps do it
            LOG.log(Level.DEBUG, "what is parked was not looked at when a session opened: {0}", away.getMessage());
        }
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
        Set<String> all = new TreeSet<>(halves.transport().queues());
        all.addAll(halves.ledger().queues());
        return Collections.unmodifiableSet(all);
    }

    @Override
    public void pause(String queue) {
        if (halves.can(Capability.PAUSE)) {
            halves.transport().pause(queue);
        } else {
            halves.ledger().pause(queue);
            wake(queue);
        }
    }

    @Override
    public void resume(String queue) {
        if (halves.can(Capability.PAUSE)) {
            halves.transport().resume(queue);
        } else {
            halves.ledger().resume(queue);
            wake(queue);
        }
    }

    @Override
    public void check() {
        halves.transport().check();
        halves.ledger().upkeep();
    }

    @Override
    public boolean leads() {
        return halves.transport().leads();
    }

    @Override
    public Optional<PoolUse> poolUse() {
        return halves.transport().poolUse();
    }

    @Override
    public Optional<Duration> ledgerLag() {
        return Optional.of(relay.lag());
    }

    @Override
    public String describe() {
        return halves.transport().describe() + " with a ledger";
    }

    @Override
    public QueueStats stats(String queue) {
        QueueStats there = halves.view().stats(queue);
        QueueStats here = halves.ledger().stats(queue);
        QueueStats ready = halves.hasAllRows() ? here : there;
        return new QueueStats(
                queue,
                ready.waiting(),
                ready.running(),
                there.scheduled() + here.scheduled(),
                there.dead() + here.dead(),
                there.parked() + here.parked(),
                there.paused() || here.paused());
    }

    @Override
    public Optional<StoredJob> find(String queue, JobId id) {
        if (halves.knowsIds()) {
            return halves.view().find(queue, id).or(() -> halves.ledger().find(queue, id));
        }
        Optional<StoredJob> kept = halves.ledger().find(queue, id);
        return kept.isPresent() || halves.hasAllRows() ? kept : halves.view().find(queue, id);
    }

    @Override
    public List<StoredJob> list(String queue, Place place, int offset, int limit) {
        boolean isReady = place == Place.WAITING || place == Place.RUNNING;
        if (isReady && !halves.hasAllRows()) {
            return halves.view().list(queue, place, offset, limit);
        }
        if (isReady || (place == Place.SCHEDULED && !halves.can(Capability.SCHEDULED_LIST))) {
            return halves.ledger().list(queue, place, offset, limit);
        }
        // Few are in the transport: those that wait for a worker that knows them.
        return Stream.concat(
                        halves.view().list(queue, place, 0, offset + limit).stream(),
                        halves.ledger().list(queue, place, 0, offset + limit).stream())
                .skip(offset)
                .limit(limit)
                .toList();
    }

    @Override
    public void visit(String queue, Place place, int most, Predicate<StoredJob> visitor) {
        boolean isReady = place == Place.WAITING || place == Place.RUNNING;
        if (isReady || (place == Place.SCHEDULED && !halves.can(Capability.SCHEDULED_LIST))) {
            Broker.super.visit(queue, place, most, visitor);
            return;
        }
        int[] left = {most};
        boolean[] goesOn = {true};
        Predicate<StoredJob> counted = job -> {
            left[0]--;
            goesOn[0] = visitor.test(job);
            return goesOn[0];
        };
        halves.view().visit(queue, place, most, counted);
        if (goesOn[0] && left[0] > 0) {
            halves.ledger().visit(queue, place, left[0], counted);
        }
    }

    @Override
    public CancelResult cancel(String queue, JobId id) {
        return cancels == null ? Broker.super.cancel(queue, id) : cancels.cancel(queue, id);
    }

    @Override
    public CancelResult cancelUnseen(JobId id) {
        return cancels == null ? CancelResult.NOT_FOUND : cancels.unseen(id, queues());
    }

    @Override
    public Optional<JobResult> result(String queue, JobId id) {
        return halves.ledger().result(queue, id);
    }

    @Override
    public Housekeeping housekeeping() {
        return housekeeping;
    }

    @Override
    public void onEviction(EvictionListener listener) {
        halves.ledger().onEviction(listener);
        halves.view().onEviction(listener);
    }

    /** The ledger says of which queues members and callbacks are due. */
    @Override
    public BatchLedger batches() {
        return capabilities.contains(Capability.BATCH) ? halves.ledger().batches() : Broker.super.batches();
    }

    /** The jobs of ticks are kept, and due at once; the relay sends them. */
    @Override
    public CronLedger crons() {
        return new ComposedCrons(halves.ledger().crons(), this::sendDue);
    }

    @Override
    public void close() {
        closed = true;
        watch.close();
        halves.transport().close();
        marks.close();
        sessions.clear();
    }
}
