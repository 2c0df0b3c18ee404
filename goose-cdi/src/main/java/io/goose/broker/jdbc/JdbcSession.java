package io.goose.broker.jdbc;

import io.goose.GooseException;
import io.goose.broker.jdbc.Claimer.Order;
import io.goose.broker.jdbc.Claimer.Result;
import io.goose.broker.jdbc.Database.Unfinished;
import io.goose.broker.jdbc.SettleMemory.Settle;
import io.goose.spi.Beat;
import io.goose.spi.CancelListener;
import io.goose.spi.Claim;
import io.goose.spi.Lease;
import io.goose.spi.LeaseState;
import io.goose.spi.Outcome;
import io.goose.spi.Session;
import io.goose.spi.SessionSpec;
import io.goose.spi.Settlement;
import io.goose.spi.Sweep;
import io.goose.spi.Verdict;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A worker's session. Its threads are those of the contract; the lock is for what a claim and a heart share. No beat waits for
 * it: however long a claim takes, the session lives.
 */
final class JdbcSession implements Session {

    private static final System.Logger LOG = System.getLogger(JdbcSession.class.getPackageName());
    private static final long IDLE_SAID_NANOS = Sessions.IDLE_SAID_MILLIS * 1_000_000;

    /** A heart that has beaten waits this part of its time for a claim to end, before it leaves the rest for the next beat. */
    private static final int CLAIM_WAIT_PARTS = 5;

    private static final long ALL_LEASES_NANOS = Duration.ofMinutes(1).toNanos();
    private static final int SHARE_OF_ALL_LEASES = 20;

    private final JdbcParts parts;
    private final SessionSpec spec;
    private final Claimer claimer;
    private final Rescuer rescuer;
    private final Patience patience = new Patience();
    private final Runnable onClose;
    private final CancelTold told;
    private final ReentrantLock claiming = new ReentrantLock();
    private volatile Standing standing; // written under claiming
    private long claims; // guarded by claiming
    private @Nullable Order unanswered; // guarded by claiming
    private final List<Lease> found = new ArrayList<>(); // guarded by claiming
    private final List<Lease> lost = new ArrayList<>(); // guarded by claiming
    private long idleSaidNanos = System.nanoTime() - IDLE_SAID_NANOS; // guarded by claiming
    private long allSeenNanos = System.nanoTime() - ALL_LEASES_NANOS; // guarded by claiming
    private long allTookNanos; // guarded by claiming
    private volatile boolean closed;
    private volatile boolean standsAnew; // and the heart has not seen it yet
    private final SettleMemory settled = new SettleMemory(); // settling thread only

    JdbcSession(JdbcParts parts, SessionSpec spec, Runnable onClose) throws Unfinished {
        this.parts = parts;
        this.spec = spec;
        this.claimer = new Claimer(parts.rows(), parts.limited());
        this.rescuer = new Rescuer(parts.rows(), parts.burials());
        this.onClose = onClose;
        this.told = new CancelTold(parts.cancels(), () -> standing);
        this.standing = parts.sessions().register(spec);
    }

    @Override
    public String id() {
        return standing.id();
    }

    @Override
    public void onCancel(CancelListener listener) {
        told.listen(listener);
    }

    CancelTold told() {
        return told;
    }

    boolean serves(String queue) {
        return spec.queues().contains(queue);
    }

    /** Something that this session may lease came, or its time changed. */
    void signalReady() {
        patience.ready();
    }

    @Override
    public Claim lease(String queue, int max, long maxBytes, boolean suspects) {
        if (!serves(queue)) {
            throw new IllegalArgumentException("the session is for " + spec.queues() + ", not for '" + queue + "'");
        }
        parts.joined().count(parts.batches());
        claiming.lock();
        try {
            if (closed) {
                return Claim.EMPTY;
            }
            askAgain();
            if (parts.limited().contains(queue)) {
                sayIdle(); // its worker waits also when it was given something
            }
            Claim before = takeFound(queue, suspects);
            Claim claim = before != null ? before : claim(queue, max, maxBytes, suspects);
            if (claim.leases().isEmpty() && !claim.paused() && sayIdle()) {
                claim = claim(queue, max, maxBytes, suspects); // what came before it was said was not announced
            }
            standing.hold(claim.leases());
            parts.handOn(queue, claim, max);
            patience.claimed(!claim.leases().isEmpty() || claim.more());
            return claim;
        } catch (Unfinished unfinished) {
            throw unfinished.reason();
        } finally {
            claiming.unlock();
        }
    }

    /** Says that notices are worth their while, if that was not said lately; whether it was said now. */
    private boolean sayIdle() throws Unfinished {
        if (!parts.notices().exist() || System.nanoTime() - idleSaidNanos < IDLE_SAID_NANOS) {
            return false;
        }
        Standing mine = standing;
        parts.database().attempt("say that a session is idle", statements -> Sessions.sayIdle(statements, mine.id()));
        idleSaidNanos = System.nanoTime();
        return true;
    }

    /** Learns what the last claim took, if that was not answered. */
    private void askAgain() throws Unfinished {
        Order order = unanswered;
        if (order != null) {
            found.addAll(parts.database()
                    .attempt(
                            "ask again for a claim",
                            statements -> claimer.taken(statements, order.standing(), order.queue(), order.number())));
            unanswered = null;
        }
    }

    private @Nullable Claim takeFound(String queue, boolean suspects) {
        List<Lease> ofQueue = found.stream()
                .filter(lease -> lease.job().queue().equals(queue) && (suspects || !lease.suspect()))
                .toList();
        if (ofQueue.isEmpty()) {
            return null;
        }
        found.removeAll(ofQueue);
        return new Claim(ofQueue, true, false, null);
    }

    private Claim claim(String queue, int max, long maxBytes, boolean suspects) throws Unfinished {
        boolean beaten = false;
        while (true) {
            Order order =
                    new Order(standing, queue, ++claims, Math.min(max, Step.NUMBERS / 2), maxBytes, suspects, beaten);
            Result result;
            try {
                result = parts.database().attempt("claim jobs", statements -> claimer.claim(statements, order));
            } catch (Unfinished unfinished) {
                unanswered = unfinished.maybeDone() ? order : null;
                if (unanswered != null) {
                    standing.forgetLowest();
                }
                throw unfinished;
            }
            if (result instanceof Result.Claimed claimed) {
                return claimed.claim();
            }
            Standing mine = standing;
            beaten = result == Result.Not.BEATEN
                    && parts.database().attempt("beat", statements -> Sessions.prolong(statements, mine));
            if (!beaten) {
                startAnew();
            }
        }
    }

    /** A standing that was taken away is replaced by a new one; what it held is lost. */
    private void startAnew() throws Unfinished {
        lost.addAll(standing.held());
        found.clear();
        standsAnew = true;
        claimer.forget();
        standing = parts.sessions().register(spec);
    }

    @Override
    public void await(Duration wait) throws InterruptedException {
        patience.await(wait);
    }

    @Override
    public void wake() {
        patience.wake();
    }

    @Override
    public List<Verdict> settle(List<Settlement> settlements) {
        @Nullable Verdict[] verdicts = new Verdict[settlements.size()];
        List<Settlement> open = new ArrayList<>();
        for (int i = 0; i < verdicts.length; i++) {
            verdicts[i] = settled.takeKnown(settlements.get(i).lease());
            if (verdicts[i] == null) {
                open.add(settlements.get(i));
            }
        }
        Iterator<Verdict> answers =
                open.isEmpty() ? Collections.emptyIterator() : settleOpen(open).iterator();
        List<Verdict> all = new ArrayList<>();
        for (@Nullable Verdict verdict : verdicts) {
            all.add(verdict == null ? answers.next() : verdict);
        }
        return all;
    }

    private List<Verdict> settleOpen(List<Settlement> settlements) {
        Settle settle = settled.begin(standing, settlements);
        try {
            parts.settling().prepare(settlements);
            Settling.Settled result = parts.database()
                    .attempt("settle " + settlements.size() + " jobs", statements -> parts.settling()
                            .settle(statements, settle, settled.unanswered()));
            settled.noteAnswered(settle, result.firstAnswers());
            settle.standing().letGo(settlements.stream().map(Settlement::lease).toList());
            parts.wake(settlements);
            parts.batches().settled(settlements);
            return result.verdicts();
        } catch (Unfinished unfinished) {
            if (unfinished.maybeDone()) {
                settled.noteUnanswered(settle);
            }
            throw unfinished.reason();
        }
    }

    @Override
    public Verdict settleInTransaction(Lease lease) {
        return parts.joined().settle(standing, lease) ? Verdict.APPLIED : Verdict.STALE;
    }

    @Override
    public void settledInTransaction(Lease lease) {
        standing.letGo(List.of(lease));
        parts.joined().committed(lease);
        parts.wake(List.of(Settlement.of(lease, Outcome.Done.INSTANCE)));
    }

    @Override
    public LeaseState look(Lease lease) {
        return parts.joined().look(standing, lease);
    }

    @Override
    public void returnUnstarted(List<Lease> leases) {
        if (leases.isEmpty()) {
            return;
        }
        Standing holder = standing;
        boolean stands = parts.database()
                .inTransaction("give back " + leases.size() + " jobs", statements -> parts.settling()
                        .giveBack(statements, holder, leases));
        if (stands) { // else the next beat tells which leases are lost, these among them
            holder.letGo(leases);
        }
        leases.forEach(lease -> parts.wakeups().accept(lease.job().queue()));
    }

    @Override
    public Beat renew() {
        if (closed) {
            return Beat.OK;
        }
        try {
            forgetOthersIfAnew();
            Standing mine = standing;
            Optional<Rescuer.Expired> expired = parts.database()
                    .attempt(
                            "beat",
                            statements -> Sessions.prolong(statements, mine)
                                    ? Optional.of(Rescuer.Expired.read(statements, mine))
                                    : Optional.empty());
            told.tell(mine, expired.map(Rescuer.Expired::cancelled).orElse(List.of()));
            expired.ifPresentOrElse(
                    others -> rescuer.noteBeat(others, spec.heartbeat().toMillis()), rescuer::forget);
            return afterBeat(mine, expired.isPresent());
        } catch (Unfinished unfinished) {
            rescuer.forget();
            throw unfinished.reason();
        }
    }

    /** The heart's alone to do, though a claim may have begun anew: who was found dead before may live as well as we do. */
    private void forgetOthersIfAnew() {
        if (standsAnew) {
            standsAnew = false;
            rescuer.forget();
        }
    }

    /** Learns which leases are lost, and gives back those that nobody knows of; between two claims, or at a later beat. */
    private Beat afterBeat(Standing beaten, boolean stands) throws Unfinished {
        boolean between = false;
        try {
            between = claiming.tryLock(spec.heartbeat().toNanos() / CLAIM_WAIT_PARTS, TimeUnit.NANOSECONDS);
            if (!between) {
                return stands
                        ? Beat.OK
                        : new Beat(beaten.loseAll()); // the claim under way will find out about the rest
            }
            if (beaten == standing && !closed) {
                if (stands) {
                    compare();
                } else {
                    startAnew();
                }
            }
            Beat beat = lost.isEmpty() ? Beat.OK : new Beat(lost);
            lost.clear();
            return beat;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return Beat.OK;
        } finally {
            if (between) {
                claiming.unlock();
            }
        }
    }

    /**
     * Gives back what the database says is leased here and nobody here knows of. A claim that was not answered is over by
     * then, for it would hold the session's row; so what it took is among these. What a transaction holds that is still in
     * doubt is left for a later beat.
     */
    private void compare() throws Unfinished {
        Standing mine = standing;
        long begun = System.nanoTime();
        boolean all = begun - allSeenNanos >= Math.max(ALL_LEASES_NANOS, SHARE_OF_ALL_LEASES * allTookNanos);
        if (all) { // as after a failover to a database that does not know of the last settles
            mine.forgetLowest();
        }
        OptionalInt given =
                parts.database().attempt("compare the leases", statements -> Strays.giveBack(statements, mine, found));
        if (given.isEmpty()) {
            return;
        }
        if (all) {
            allSeenNanos = System.nanoTime();
            allTookNanos = allSeenNanos - begun;
        }
        if (given.getAsInt() > 0) {
            mine.spec().queues().forEach(parts.wakeups());
        }
        unanswered = null;
    }

    @Override
    public Sweep sweep() {
        if (closed) {
            return Sweep.NOTHING;
        }
        forgetOthersIfAnew();
        Rescuer.Found rescued = rescuer.sweep(parts.database());
        rescued.queues().forEach(parts.wakeups());
        int rerouted = parts.upkeep().run(parts.wakeups());
        parts.batches().sweep();
        Sweep sweep = new Sweep(rescued.rescued(), rescued.suspects(), rescued.buried(), rerouted, 0);
        return sweep.isNothing() ? Sweep.NOTHING : sweep;
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        patience.wake();
        onClose.run();
        Standing mine = standing;
        try {
            parts.database().inTransaction("close a session", statements -> Sessions.end(statements, mine.id()));
            parts.upkeep().run(parts.wakeups());
        } catch (GooseException away) { // its leases become free by expiry
            LOG.log(Level.WARNING, "GOOSE-3044: a session could not say good-bye; it expires by itself", away);
        }
    }
}
