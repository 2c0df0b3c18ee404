package io.goose.broker.composed;

import io.goose.GooseException;
import io.goose.UnsupportedCapabilityException;
import io.goose.admin.Place;
import io.goose.admin.StoredJob;
import io.goose.job.DeliveryState;
import io.goose.job.JobId;
import io.goose.job.Lane;
import io.goose.job.QueuedJob;
import io.goose.spi.Beat;
import io.goose.spi.Claim;
import io.goose.spi.Effect;
import io.goose.spi.GuardedLedger;
import io.goose.spi.GuardedLedger.Change;
import io.goose.spi.GuardedLedger.Delivery;
import io.goose.spi.GuardedLedger.Kept;
import io.goose.spi.Lease;
import io.goose.spi.LeaseState;
import io.goose.spi.Ledger;
import io.goose.spi.Outcome;
import io.goose.spi.Session;
import io.goose.spi.SessionSpec;
import io.goose.spi.Settlement;
import io.goose.spi.Sweep;
import io.goose.spi.Verdict;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A session of the transport that asks the ledger where a job has been or goes. An end that the ledger keeps is written there
 * first and taken from the transport then: a crash between brings the message back, and the ledger says that it is old.
 */
final class ComposedSession implements Session {

    private static final System.Logger LOG = System.getLogger(ComposedSession.class.getName());

    private final Session inner;
    private final SessionSpec spec;
    private final Parts parts;
    private final Map<String, Long> dueNanos = new ConcurrentHashMap<>(); // by queue, in the time of System.nanoTime

    // Of the last claim, what nobody but this session knows to be leased; of the thread that leases alone.
    private List<Settlement> owedOld = List.of();
    private List<Lease> owedUnstarted = List.of();

    /**
     * What it needs of its broker.
     *
     * @param wake told the queue of which something is due at another time
     * @param queues of the transport
     * @param onClose told of the end
     */
    record Parts(
            Ledger waiting,
            GuardedLedger ledger,
            DueRelay relay,
            Consumer<String> wake,
            Supplier<Set<String>> queues,
            Consumer<ComposedSession> onClose) {}

    ComposedSession(Session inner, SessionSpec spec, Parts parts) {
        this.inner = inner;
        this.spec = spec;
        this.parts = parts;
    }

    boolean serves(String queue) {
        return spec.queues().contains(queue);
    }

    @Override
    public String id() {
        return inner.id();
    }

    @Override
    public Claim lease(String queue, int max, long maxBytes, boolean suspects) {
        settleWhatIsOwed();
        Duration untilNext = serves(queue) ? relay(queue) : null;
        Claim claim = inner.lease(queue, max, maxBytes, suspects);
        List<Lease> leases = begun(claim.leases());
        Duration there = claim.nextDue();
        return new Claim(
                leases,
                claim.more() || leases.size() < claim.leases().size(),
                claim.paused(),
                there == null || (untilNext != null && untilNext.compareTo(there) < 0) ? untilNext : there);
    }

    /** Before more is leased: what an earlier claim could not take from the transport or give back to it. */
    private void settleWhatIsOwed() {
        if (!owedOld.isEmpty()) {
            inner.settle(owedOld);
            owedOld = List.of();
        }
        if (!owedUnstarted.isEmpty()) {
            inner.returnUnstarted(owedUnstarted);
            owedUnstarted = List.of();
        }
    }

    private @Nullable Duration relay(String queue) {
        Duration untilNext = parts.relay().send(queue);
        if (untilNext == null || untilNext.compareTo(Duration.ofDays(1)) > 0) {
            dueNanos.remove(queue);
        } else {
            dueNanos.put(queue, System.nanoTime() + untilNext.toNanos());
        }
        return untilNext;
    }

    /** Those that are to be run; the others are old copies, and go. */
    private List<Lease> begun(List<Lease> leases) {
        List<Lease> asked = leases.stream().filter(ComposedSession::isGuarded).toList();
        if (asked.isEmpty()) {
            return leases;
        }
        List<Boolean> run;
        try {
            run = parts.ledger()
                    .begin(asked.stream()
                            .map(lease -> new Delivery(lease.job(), lease.redelivered()))
                            .toList());
        } catch (RuntimeException away) {
            giveBack(leases, away);
            throw away;
        }
        List<Lease> mine = new ArrayList<>(leases);
        List<Settlement> old = new ArrayList<>();
        for (int i = 0; i < run.size(); i++) {
            if (!run.get(i)) {
                mine.remove(asked.get(i));
                old.add(Settlement.of(asked.get(i), Outcome.Done.INSTANCE));
            }
        }
        remove(old);
        return mine;
    }

    private void giveBack(List<Lease> leases, RuntimeException reason) {
        owedUnstarted = leases;
        try {
            settleWhatIsOwed();
        } catch (RuntimeException away) { // before the next claim
            reason.addSuppressed(away);
        }
    }

    /** The transport may be away; that is no reason to keep the other jobs from running. */
    private void remove(List<Settlement> old) {
        owedOld = old;
        try {
            settleWhatIsOwed();
        } catch (RuntimeException away) { // the next claim throws it if it stays away
            LOG.log(Level.DEBUG, "old messages are removed later", away);
        }
    }

    private static boolean isGuarded(Lease lease) {
        return lease.redelivered()
                || lease.job().marked()
                || lease.job().state().moves() > 0;
    }

    @Override
    public void await(Duration wait) throws InterruptedException {
        long now = System.nanoTime();
        long nanos = wait.toNanos();
        for (Long due : dueNanos.values()) {
            nanos = Math.min(nanos, Math.max(0, due - now));
        }
        inner.await(Duration.ofNanos(nanos));
    }

    @Override
    public void wake() {
        inner.wake();
    }

    @Override
    public List<Verdict> settle(List<Settlement> settlements) {
        settlements.forEach(ComposedSession::mustBePossible);
        List<Change> changes = new ArrayList<>();
        List<QueuedJob> later = new ArrayList<>();
        List<Settlement> forTheTransport = new ArrayList<>();
        List<Boolean> kept = new ArrayList<>();
        for (Settlement settlement : settlements) {
            Change change = change(settlement);
            boolean held = change == null || inner.look(settlement.lease()) == LeaseState.HELD;
            if (change != null && held) {
                changes.add(change);
            }
            kept.add(change != null && held);
            forTheTransport.add(inTransport(settlement, change, held ? later : new ArrayList<>()));
        }
        if (!changes.isEmpty()) {
            parts.ledger().settle(changes);
        }
        if (!later.isEmpty()) {
            parts.ledger().keep(later);
        }
        List<Verdict> answers = inner.settle(forTheTransport);
        List<Verdict> verdicts = new ArrayList<>();
        for (int i = 0; i < answers.size(); i++) {
            // What the ledger has taken is in force: another worker that gets the message is told that it is old.
            verdicts.add(kept.get(i) ? Verdict.APPLIED : answers.get(i));
        }
        changes.forEach(this::announce);
        later.forEach(job -> parts.wake().accept(job.queue()));
        return verdicts;
    }

    /** Sends what is to run at once, and has others look when the rest is due. */
    private void announce(Change change) {
        Kept next = change.next();
        if (next == null) {
            return;
        }
        String queue = next.job().queue();
        if (next.place() == Place.SCHEDULED && next.after().isZero()) {
            sendNow(queue);
        }
        parts.wake().accept(queue);
    }

    private void sendNow(String queue) {
        try {
            parts.relay().send(queue);
        } catch (GooseException away) { // it is settled; the next claim sends it
            LOG.log(Level.DEBUG, "what is to run at once in queue {0} is sent later: {1}", queue, away.getMessage());
        }
    }

    private static void mustBePossible(Settlement settlement) {
        if (settlement.outcome() instanceof Outcome.Deferred) {
            throw new UnsupportedCapabilityException("GOOSE-3003: cannot defer job "
                    + settlement.lease().job().id()
                    + ": this broker has no limits (LIMITS); settle it with another outcome");
        }
    }

    /** The same for the transport: what the ledger keeps is over there, and what it enqueues for later is the ledger's. */
    private static Settlement inTransport(Settlement settlement, @Nullable Change change, Collection<QueuedJob> later) {
        List<Effect> effects = new ArrayList<>();
        for (Effect effect : settlement.effects()) {
            if (effect instanceof Effect.Enqueue enqueue
                    && enqueue.job().state().notBefore() != null) {
                QueuedJob job = enqueue.job();
                later.add(new QueuedJob(job.queue(), job.id(), job.envelope(), job.state(), true));
            } else {
                effects.add(effect);
            }
        }
        boolean goes = change != null && change.next() != null;
        return new Settlement(settlement.lease(), goes ? Outcome.Done.INSTANCE : settlement.outcome(), effects);
    }

    /** What the ledger has to know; null if it is the transport's business alone. */
    private static @Nullable Change change(Settlement settlement) {
        QueuedJob ran = settlement.lease().job();
        Outcome outcome = settlement.outcome();
        DeliveryState state = ran.state();
        if (outcome instanceof Outcome.Retry retry) {
            return scheduled(ran, retry.queue(), retry.next().withCrashes(0), retry.after());
        } else if (outcome instanceof Outcome.Snooze snooze) {
            return scheduled(ran, ran.queue(), state.afterSnooze(), snooze.after());
        } else if (outcome instanceof Outcome.Release release) {
            boolean waits = release.need() == null
                    && !release.after().isZero()
                    && !release.after().isNegative();
            return waits ? scheduled(ran, ran.queue(), anew(state), release.after()) : null;
        } else if (outcome instanceof Outcome.Dead dead) {
            return new Change(ran, kept(ran, dead.last(), Place.DEAD, null));
        } else if (outcome instanceof Outcome.Parked parked) {
            return parked.need() == null ? new Change(ran, kept(ran, state, Place.PARKED, parked.reason())) : null;
        }
        return isGuarded(settlement.lease()) ? new Change(ran, null) : null;
    }

    /** It is sent anew when its time has come; no attempt is counted. */
    private static DeliveryState anew(DeliveryState state) {
        return new DeliveryState(
                state.attempt(), state.moves() + 1, state.crashes(), Lane.FRONT, null, null, state.failures());
    }

    private static Change scheduled(QueuedJob ran, String queue, DeliveryState state, Duration after) {
        QueuedJob next = new QueuedJob(queue, ran.id(), ran.envelope(), state.withLane(Lane.FRONT), true);
        return new Change(ran, new Kept(next, Place.SCHEDULED, after.isNegative() ? Duration.ZERO : after, null));
    }

    private static Kept kept(QueuedJob ran, DeliveryState state, Place place, @Nullable String note) {
        return new Kept(new QueuedJob(ran.queue(), ran.id(), ran.envelope(), state, true), place, Duration.ZERO, note);
    }

    @Override
    public LeaseState look(Lease lease) {
        throw new UnsupportedCapabilityException(
                "GOOSE-3007: job " + lease.job().id()
                        + " cannot be completed as part of a transaction here; transactional jobs need a JDBC broker");
    }

    @Override
    public void returnUnstarted(List<Lease> leases) {
        inner.returnUnstarted(leases);
    }

    @Override
    public Beat renew() {
        return inner.renew();
    }

    @Override
    public Sweep sweep() {
        Sweep sweep = inner.sweep();
        sweep.buried().forEach(this::bury);
        parts.ledger().upkeep();
        int strays = parts.relay().sendStrays();
        return strays == 0
                ? sweep
                : new Sweep(
                        sweep.rescued(), sweep.suspects(), sweep.buried(), sweep.rerouted(), sweep.effects() + strays);
    }

    /** What the transport buried goes to where the dead are. */
    private void bury(JobId id) {
        for (String queue : parts.queues().get()) {
            StoredJob stored = parts.waiting().find(queue, id).orElse(null);
            if (stored != null && stored.place() == Place.DEAD) {
                QueuedJob job = stored.job();
                parts.ledger().settle(List.of(new Change(job, kept(job, job.state(), Place.DEAD, null))));
                parts.waiting().delete(queue, id);
            }
        }
    }

    @Override
    public void close() {
        parts.onClose().accept(this);
        inner.close();
        try {
            parts.ledger().upkeep();
        } catch (GooseException away) { // others do it
            LOG.log(Level.DEBUG, "the ledger was not put in order at the end of a session", away);
        }
    }
}
