package io.goose.broker.composed;

import io.goose.GooseException;
import io.goose.UnsupportedCapabilityException;
import io.goose.admin.Place;
import io.goose.admin.StoredJob;
import io.goose.job.JobId;
import io.goose.job.QueuedJob;
import io.goose.spi.Beat;
import io.goose.spi.CancelListener;
import io.goose.spi.Claim;
import io.goose.spi.GuardedLedger;
import io.goose.spi.GuardedLedger.Change;
import io.goose.spi.GuardedLedger.Delivery;
import io.goose.spi.GuardedLedger.Due;
import io.goose.spi.GuardedLedger.Kept;
import io.goose.spi.GuardedLedger.KeptResult;
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
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A session of the transport that asks the ledger where a job has been or goes. An end that the ledger keeps is written there
 * first and taken from the transport then: a crash between brings the message back, and the ledger says that it is old.
 */
final class ComposedSession implements Session {

    private static final System.Logger LOG = System.getLogger(ComposedSession.class.getName());

    private static final int MOST = 500;

    private final Session inner;
    private final SessionSpec spec;
    private final Parts parts;
    private final Changes changes;
    private final AskedLeases asked;
    private final Dues dues = new Dues(System::nanoTime);

    private final Owed owed;
    private final Set<String> paused =
            new HashSet<>(); // those that the inner one was told of; of the thread that leases

    /**
     * What it needs of its broker.
     *
     * @param wake told the queue of which something is due at another time
     * @param onClose told of the end
     */
    record Parts(Halves halves, DueRelay relay, Consumer<String> wake, Consumer<ComposedSession> onClose) {
        GuardedLedger ledger() {
            return halves.ledger();
        }
    }

    ComposedSession(Session inner, SessionSpec spec, Parts parts) {
        this.inner = inner;
        this.spec = spec;
        this.parts = parts;
        this.changes = new Changes(parts.halves());
        this.owed = new Owed(inner);
        this.asked = new AskedLeases(parts.ledger().asked().orElse(null));
    }

    boolean serves(String queue) {
        return spec.queues().contains(queue);
    }

    @Override
    public String id() {
        return inner.id();
    }

    @Override
    public void onCancel(CancelListener listener) {
        asked.listen(listener);
    }

    /** Somebody of this process asks for the cancellation of a job. */
    void ask(JobId id) {
        asked.ask(id);
    }

    void lookForCancels() {
        asked.pullIfLeased();
    }

    @Override
    public Claim lease(String queue, int max, long maxBytes, boolean suspects) {
        owed.settle();
        asked.pullNowAndThen();
        if (dues.areNone(queue)) {
            Claim claim = inner.lease(queue, max, maxBytes, suspects);
            if (!claim.leases().isEmpty()) {
                return begun(claim, dues.untilNext(queue));
            }
        }
        Due due = serves(queue) ? relay(queue) : Due.NOTHING;
        tellWhetherPaused(queue, due.paused());
        return due.paused()
                ? new Claim(List.of(), false, true, null)
                : begun(inner.lease(queue, max, maxBytes, suspects), due.untilNext());
    }

    private Claim begun(Claim claim, @Nullable Duration untilNext) {
        List<Lease> leases = withoutCancelled(begun(claim.leases()));
        Duration there = claim.nextDue();
        return new Claim(
                leases,
                claim.more() || leases.size() < claim.leases().size(),
                claim.paused(),
                there == null || (untilNext != null && untilNext.compareTo(there) < 0) ? untilNext : there);
    }

    private void tellWhetherPaused(String queue, boolean isPaused) {
        boolean changed = isPaused ? paused.add(queue) : paused.remove(queue);
        if (changed) {
            inner.hold(queue, isPaused);
        }
    }

    private Due relay(String queue) {
        long before = dues.changes();
        Due due = parts.relay().send(queue);
        dues.answered(queue, due, before);
        return due;
    }

    /** Those that are to be run; the others are old copies, and go. */
    private List<Lease> begun(List<Lease> leases) {
        List<Lease> asked = leases.stream().filter(changes::isGuarded).toList();
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
            owed.giveBack(leases, away);
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
        owed.remove(old);
        return mine;
    }

    /** Those that nobody wants to be cancelled; the others go. */
    private List<Lease> withoutCancelled(List<Lease> leases) {
        List<Lease> cancelled = asked.begin(leases);
        if (cancelled.isEmpty()) {
            return leases;
        }
        try {
            noteEnds(cancelled);
        } catch (RuntimeException away) {
            asked.forget(leases);
            owed.giveBack(leases, away);
            throw away;
        }
        owed.remove(asDone(cancelled));
        asked.ended(cancelled);
        return leases.stream().filter(lease -> !cancelled.contains(lease)).toList();
    }

    private static List<Settlement> asDone(List<Lease> leases) {
        return leases.stream()
                .map(lease -> Settlement.of(lease, Outcome.Done.INSTANCE))
                .toList();
    }

    private void noteEnds(List<Lease> cancelled) {
        List<Change> ends = new ArrayList<>();
        for (Lease lease : cancelled) {
            Change end = changes.of(Settlement.of(lease, new Outcome.Cancelled()));
            if (end != null) {
                ends.add(end);
            }
        }
        inParts(ends, parts.ledger()::settle);
    }

    @Override
    public void await(Duration wait) throws InterruptedException {
        inner.await(dues.untilNext(wait));
    }

    @Override
    public void wake() {
        dues.changed();
        inner.wake();
    }

    @Override
    public List<Verdict> settle(List<Settlement> settlements) {
        List<Settlement> ends = asked.withoutReturns(settlements);
        List<Verdict> verdicts = settleNow(ends);
        asked.settled(ends, verdicts);
        return verdicts;
    }

    private List<Verdict> settleNow(List<Settlement> settlements) {
        settlements.forEach(Changes::mustBePossible);
        List<Change> kept = new ArrayList<>();
        List<QueuedJob> back = new ArrayList<>();
        List<KeptResult> results = new ArrayList<>();
        Aftermath aftermath = new Aftermath(parts.ledger());
        List<Settlement> forTheTransport = new ArrayList<>();
        boolean[] isKept = new boolean[settlements.size()];
        Set<Lease> seen = new HashSet<>(); // of two ends of one lease the first counts
        for (int i = 0; i < isKept.length; i++) {
            Settlement settlement = settlements.get(i);
            Change change = changes.of(settlement);
            if (!settlement.effects().isEmpty() && inner.look(settlement.lease()) == LeaseState.HELD) {
                aftermath.noteResult(settlement, results);
            }
            forTheTransport.add(inTransport(settlement, change));
            boolean isOfTheLedger = change != null || parts.halves().hasAllRows();
            if (isOfTheLedger && seen.add(settlement.lease()) && inner.look(settlement.lease()) == LeaseState.HELD) {
                if (change == null) { // the transport is to have it again
                    back.add(settlement.lease().job());
                } else {
                    kept.add(change);
                    isKept[i] = true;
                }
            }
        }
        inParts(results, parts.ledger()::keepResults);
        inParts(back, parts.ledger()::giveBack);
        inParts(kept, parts.ledger()::settle);
        List<Verdict> answers = inner.settle(forTheTransport);
        List<Verdict> verdicts = new ArrayList<>();
        for (int i = 0; i < answers.size(); i++) {
            // What the ledger has taken is in force: another worker that gets the message is told that it is old.
            verdicts.add(isKept[i] ? Verdict.APPLIED : answers.get(i));
        }
        announce(kept);
        aftermath.release(settlements, verdicts);
        return verdicts;
    }

    /** A ledger takes so many at a time. */
    private static <T> void inParts(List<T> all, Consumer<List<T>> step) {
        for (int from = 0; from < all.size(); from += MOST) {
            step.accept(all.subList(from, Math.min(all.size(), from + MOST)));
        }
    }

    /** The same for the transport: what the ledger keeps is over there, and what it enqueues is the ledger's. */
    private static Settlement inTransport(Settlement settlement, @Nullable Change change) {
        boolean kept = change != null && change.next() != null;
        if (settlement.effects().isEmpty() && change == null) {
            return settlement;
        }
        return Settlement.of(settlement.lease(), kept ? Outcome.Done.INSTANCE : settlement.outcome());
    }

    /** Sends what is to run at once, and has others look when the rest is due. */
    private void announce(List<Change> kept) {
        Set<String> now = new TreeSet<>();
        Set<String> all = new TreeSet<>();
        for (Change change : kept) {
            Kept next = change.next();
            if (next != null) {
                all.add(next.job().queue());
                if (next.place() == Place.SCHEDULED && next.after().isZero()) {
                    now.add(next.job().queue());
                }
            }
            for (QueuedJob job : change.enqueued()) {
                all.add(job.queue());
                now.add(job.queue()); // the ledger's clock says what of it is due
            }
        }
        now.forEach(this::sendNow);
        all.forEach(parts.wake());
    }

    private void sendNow(String queue) {
        try {
            parts.relay().send(queue);
        } catch (GooseException away) { // it is settled; the next claim sends it
            LOG.log(Level.DEBUG, "what is to run at once in queue {0} is sent later: {1}", queue, away.getMessage());
        }
    }

    @Override
    public LeaseState look(Lease lease) {
        throw new UnsupportedCapabilityException(
                "GOOSE-3007: job " + lease.job().id()
                        + " cannot be completed as part of a transaction here; transactional jobs need a JDBC broker");
    }

    @Override
    public void returnUnstarted(List<Lease> all) {
        List<Lease> cancelled = asked.asked(all);
        if (!cancelled.isEmpty()) {
            noteEnds(cancelled);
            inner.settle(asDone(cancelled));
            asked.ended(cancelled);
        }
        List<Lease> leases =
                all.stream().filter(lease -> !cancelled.contains(lease)).toList();
        asked.forget(leases);
        if (parts.halves().hasAllRows()) {
            List<QueuedJob> held = leases.stream()
                    .filter(lease -> inner.look(lease) == LeaseState.HELD)
                    .map(Lease::job)
                    .toList();
            inParts(held, parts.ledger()::giveBack);
        }
        inner.returnUnstarted(leases);
    }

    @Override
    public Beat renew() {
        Beat beat = inner.renew();
        asked.forget(beat.lost());
        asked.pull();
        return beat;
    }

    @Override
    public Sweep sweep() {
        Sweep sweep = inner.sweep();
        if (!sweep.buried().isEmpty()) {
            bury(Set.copyOf(sweep.buried()));
        }
        parts.ledger().upkeep();
        int recalled = recall();
        int strays = parts.relay().sendStrays();
        return strays + recalled == 0
                ? sweep
                : new Sweep(
                        sweep.rescued(),
                        sweep.suspects(),
                        sweep.buried(),
                        sweep.rerouted() + recalled,
                        sweep.effects() + strays);
    }

    /** Has back what was parked for lack of what this session knows; how much. */
    int recall() {
        int recalled = parts.halves().routes() ? 0 : parts.ledger().recall(spec);
        if (recalled > 0) {
            spec.queues().forEach(parts.wake());
        }
        return recalled;
    }

    /** What the transport buried goes to where the dead are. */
    private void bury(Set<JobId> buried) {
        Ledger view = parts.halves().view();
        for (String queue : parts.halves().transport().queues()) {
            for (StoredJob stored : view.list(queue, Place.DEAD, 0, MOST)) {
                QueuedJob job = stored.job();
                if (buried.contains(job.id())) {
                    parts.ledger().settle(List.of(Changes.buried(job)));
                    view.delete(queue, job.id());
                }
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
