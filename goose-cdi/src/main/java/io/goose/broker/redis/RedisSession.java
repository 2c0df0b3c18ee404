package io.goose.broker.redis;

import io.goose.GooseException;
import io.goose.broker.redis.Standing.Held;
import io.goose.job.JobId;
import io.goose.spi.Beat;
import io.goose.spi.CancelListener;
import io.goose.spi.Claim;
import io.goose.spi.Lease;
import io.goose.spi.Session;
import io.goose.spi.SessionSpec;
import io.goose.spi.Settlement;
import io.goose.spi.Sweep;
import io.goose.spi.Verdict;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** A session: claims, settles, beats and sweeps for its queues. Thread-safe as the contract asks. */
final class RedisSession implements Session, Notices.Listener {

    private static final Logger LOG = System.getLogger(RedisSession.class.getPackageName());

    /** Claims in a row that get past entries of deleted jobs, thousands each. */
    private static final int MOST_PASSED_OVER = 20;

    private final RedisParts parts;
    private final SessionSpec spec;
    private final Standings standings;
    private final Claimer claimer;
    private final Settling settling;
    private final Sweeper sweeper;
    private final Runnable onClose;
    private final AtomicInteger suspects = new AtomicInteger();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition signalled = lock.newCondition();
    private boolean woken; // guarded by lock
    private volatile boolean idle; // the last claim found nothing
    private volatile boolean closed;

    RedisSession(RedisParts parts, SessionSpec spec, Runnable onClose) {
        this.parts = parts;
        this.spec = Needs.stored(spec);
        this.onClose = onClose;
        this.standings = new Standings(parts, this.spec, this::ended);
        this.claimer =
                new Claimer(parts.exchange(), parts.records(), parts.registry().wakePrefix(), this.spec);
        this.settling = new Settling(parts, standings, this::ended);
        this.sweeper = new Sweeper(parts, this.spec, standings);
    }

    /** Registers with all queues. */
    RedisSession open() {
        standings.open();
        parts.notices().add(standings.channel(), this);
        return this;
    }

    @Override
    public String id() {
        return standings.channel();
    }

    @Override
    public Claim lease(String queue, int max, long maxBytes, boolean maySuspect) {
        if (!spec.queues().contains(queue)) {
            throw new IllegalArgumentException(
                    "the session was opened for " + spec.queues() + ", not for '" + queue + "'");
        }
        for (int attempt = 0; attempt < 3; attempt++) {
            if (closed) {
                return Claim.EMPTY;
            }
            Standing standing = standings.present(queue);
            Claim claim = lease(standing, max, maxBytes, maySuspect);
            if (claim != null) {
                idle = claim.leases().isEmpty();
                return claim;
            }
            if (!standings.revive(standing)) {
                sweeper.forget();
            }
        }
        return Claim.EMPTY;
    }

    private @Nullable Claim lease(Standing standing, int max, long maxBytes, boolean maySuspect) {
        standing.claimLock.lock();
        try {
            boolean suspect = maySuspect && suspects.get() == 0;
            Claim claim = claimer.claim(standing, max, maxBytes, suspect);
            for (int round = 1; round < MOST_PASSED_OVER && isPassingOver(claim); round++) {
                claim = claimer.claim(standing, max, maxBytes, suspect);
            }
            if (claim != null) {
                claim.leases().stream().filter(Lease::suspect).forEach(one -> suspects.incrementAndGet());
            }
            if (standings.existing(standing.queue.queue)
                    != standing) { // a beat has replaced it since: nobody would look there
                standings.loseAll(standing);
                return null;
            }
            return claim;
        } finally {
            standing.claimLock.unlock();
        }
    }

    /** Whether a claim came to nothing because of entries of deleted jobs, and there are more. */
    private boolean isPassingOver(@Nullable Claim claim) {
        return claim != null && claim.leases().isEmpty() && claim.more() && !closed;
    }

    /** A lease has ended: if it was the suspect, another one may be had. */
    private void ended(Held held) {
        if (held.lease().suspect()) {
            suspects.decrementAndGet();
            wake();
        }
    }

    /** The standing by which this holds a lease; null if it does not hold it. */
    @Nullable Standing holding(Lease lease) {
        Standing standing = standings.existing(lease.job().queue());
        return standing != null && standing.held(lease) != null ? standing : null;
    }

    /** A lease is that of a branch from now on, if it was this session's. Called with the standing's settle lock held. */
    void handOver(Standing standing, Held held, String branch) {
        boolean isOwn = standings.existing(standing.queue.queue) == standing;
        if (isOwn && standing.held.remove(held.lease().job().id().value(), held)) {
            standing.hand(held, branch);
            ended(held);
        }
    }

    /** The same if nobody knows whether the branch has it: it may come back, and a settle finds out. Called with the settle lock held. */
    void mayHandOver(Standing standing, Held held, String branch) {
        boolean isOwn = standings.existing(standing.queue.queue) == standing;
        if (isOwn && standing.held(held.lease()) == held) {
            standing.hand(held, branch);
        }
    }

    /** The standing of a queue of which a branch has leases; null if it has none. */
    @Nullable Standing handed(String queue, String branch) {
        Standing standing = standings.existing(queue);
        return standing != null && standing.handed.containsKey(branch) ? standing : null;
    }

    /** A branch has come to its end, so that nothing comes back from it. */
    void forgetHanded(String branch) {
        spec.queues().forEach(queue -> {
            Standing standing = standings.existing(queue);
            if (standing != null) {
                standing.handed.remove(branch);
            }
        });
    }

    /** A lease that a branch had is this session's again, if that is its standing. Called with the settle lock held. */
    void takeBack(Standing standing, Held held) {
        if (standings.existing(standing.queue.queue) == standing) {
            Held before = standing.held.put(held.lease().job().id().value(), held);
            if (before != held && held.lease().suspect()) {
                suspects.incrementAndGet();
            }
            if (standings.existing(standing.queue.queue)
                    != standing) { // a beat has replaced it since: nobody would look there
                standings.loseAll(standing);
            }
        }
    }

    @Override
    public void await(Duration wait) throws InterruptedException {
        long left = Math.min(wait.toNanos(), standings.nanosUntilDue());
        lock.lockInterruptibly();
        try {
            while (!woken && !closed && left > 0) {
                left = signalled.awaitNanos(left);
            }
            woken = false;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void wake() {
        lock.lock();
        try {
            woken = true;
            signalled.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void noticed() {
        wake();
    }

    @Override
    public void onCancel(CancelListener listener) {
        standings.onCancel(listener);
    }

    @Override
    public void cancelled(JobId id, long token) {
        standings.cancels().cancelled(id, token);
    }

    @Override
    public void missed() {
        standings.cancels().missed();
        if (idle) {
            wake();
        }
    }

    @Override
    public List<Verdict> settle(List<Settlement> settlements) {
        return settling.settle(settlements);
    }

    @Override
    public void returnUnstarted(List<Lease> leases) {
        settling.giveBack(leases);
    }

    @Override
    public Beat renew() {
        if (closed) {
            return Beat.OK;
        }
        parts.notices().ping();
        Set<String> failed = Set.of();
        boolean good = false;
        try {
            Standings.Beaten beaten = standings.beat();
            failed = beaten.failed();
            if (beaten.known()) {
                sweeper.beat(failed);
                good = true;
            }
        } finally {
            if (!good) {
                sweeper.forget();
            }
        }
        List<Lease> lost = standings.takeLost();
        return lost.isEmpty() && failed.isEmpty() ? Beat.OK : new Beat(lost, failed);
    }

    @Override
    public Sweep sweep() {
        return closed ? Sweep.NOTHING : sweeper.sweep();
    }

    @Override
    public void close() {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            signalled.signalAll();
        } finally {
            lock.unlock();
        }
        onClose.run();
        parts.notices().remove(standings.channel());
        long started = System.nanoTime();
        try {
            standings.close();
        } catch (GooseException away) {
            LOG.log(
                    Level.WARNING,
                    "GOOSE-3019: session {0} could not say good-bye after {1} ms: {2}; what it still holds is rescued when its"
                            + " lease of {3} ends, and counts as a crash",
                    standings.channel(),
                    TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started),
                    away.getMessage(),
                    spec.lease());
        }
    }
}
