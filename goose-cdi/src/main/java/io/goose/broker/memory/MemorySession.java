package io.goose.broker.memory;

import io.goose.BrokerUnavailableException;
import io.goose.spi.Beat;
import io.goose.spi.CancelListener;
import io.goose.spi.Claim;
import io.goose.spi.Lease;
import io.goose.spi.LeaseState;
import io.goose.spi.Session;
import io.goose.spi.SessionSpec;
import io.goose.spi.Settlement;
import io.goose.spi.Sweep;
import io.goose.spi.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.function.Supplier;

/** A session of one connection. Thread-safe: everything happens under the store's lock. */
final class MemorySession implements Session {

    private final MemoryBroker broker;
    private final MemoryStore store;
    private final SessionSpec spec;
    private final Settler settler;
    private final Rescuer rescuer;
    private final Condition ready;

    // guarded by the store's lock
    private Standing standing;
    private List<Lease> lost = new ArrayList<>();
    private boolean closed;
    private boolean somethingReady;
    private boolean woken;
    private CancelListener cancels = (id, token) -> {};

    MemorySession(MemoryBroker broker, MemoryStore store, SessionSpec spec) {
        this.broker = broker;
        this.store = store;
        this.spec = spec;
        this.settler = new Settler(store);
        this.rescuer = new Rescuer(store);
        this.ready = store.lock.newCondition();
        this.standing = new Standing("", spec, this, Instant.EPOCH);
    }

    /** Gives this session its first standing. */
    MemorySession open() {
        return locked(() -> {
            standing = store.sessions.register(this, spec);
            return this;
        });
    }

    @Override
    public String id() {
        return locked(() -> standing.id);
    }

    @Override
    public Claim lease(String queueName, int max, long maxBytes, boolean suspects) {
        if (!spec.queues().contains(queueName)) {
            throw new IllegalArgumentException(
                    "the session was opened for " + spec.queues() + ", not for '" + queueName + "'");
        }
        return connected(() -> {
            if (closed) {
                return Claim.EMPTY;
            }
            keepStanding();
            MemoryQueue queue = store.queue(queueName);
            Instant now = store.now();
            queue.promote(now);
            if (queue.paused) {
                return new Claim(List.of(), false, true, queue.untilNextDue(now));
            }
            if (queue.limits.any()) {
                return limited(queue, new MemoryLimits.Wish(standing, max, maxBytes, suspects, now));
            }
            List<Lease> leases = take(queue, max, maxBytes, suspects);
            boolean more = queue.lanes().next(standing, suspects) != null;
            return new Claim(leases, more, false, queue.untilNextDue(now));
        });
    }

    private static Claim limited(MemoryQueue queue, MemoryLimits.Wish wish) {
        MemoryLimits.Taken taken = queue.limits.take(queue, wish);
        Duration due = queue.untilNextDue(wish.now());
        Duration permit = taken.untilPermit();
        boolean permitFirst = permit != null && (due == null || permit.compareTo(due) < 0);
        return new Claim(taken.leases(), taken.more(), false, permitFirst ? permit : due, true);
    }

    private List<Lease> take(MemoryQueue queue, int max, long maxBytes, boolean suspects) {
        List<Lease> leases = new ArrayList<>();
        long bytes = 0;
        for (Entry next = queue.lanes().next(standing, suspects);
                next != null && leases.size() < max;
                next = queue.lanes().next(standing, suspects)) {
            bytes += next.envelope.size();
            if (!leases.isEmpty() && bytes > maxBytes) {
                break;
            }
            leases.add(queue.toRunning(next, standing, store.now()));
        }
        return leases;
    }

    @Override
    public void await(Duration wait) throws InterruptedException {
        store.lock.lockInterruptibly();
        try {
            long left = Math.min(wait.toNanos(), nanosUntilDue());
            while (!somethingReady && !woken && !closed && left > 0 && broker.isOpen()) {
                left = ready.awaitNanos(left);
            }
            somethingReady = false;
            woken = false;
        } finally {
            store.lock.unlock();
        }
    }

    /** By the broker's clock; one that is moved by hand says so to the broker. */
    private long nanosUntilDue() {
        Instant now = store.now();
        long nanos = Long.MAX_VALUE;
        for (String name : spec.queues()) {
            MemoryQueue queue = store.queue(name);
            Duration due = queue.paused ? null : queue.untilNextDue(now);
            if (due != null && due.compareTo(Duration.ofDays(1)) < 0) {
                nanos = Math.min(nanos, due.toNanos());
            }
        }
        return nanos;
    }

    @Override
    public void wake() {
        locked(() -> {
            woken = true;
            ready.signalAll();
            return this;
        });
    }

    /** Something that this session may lease came, or its time changed. Called with the store's lock held. */
    void signalReady() {
        somethingReady = true;
        ready.signalAll();
    }

    /** One of the leases was taken away. Called with the store's lock held. */
    void lost(Lease lease) {
        lost.add(lease);
    }

    @Override
    public List<Verdict> settle(List<Settlement> settlements) {
        return connected(() -> settler.settle(standing, settlements));
    }

    @Override
    public LeaseState look(Lease lease) {
        return connected(() -> settler.holds(standing, lease) ? LeaseState.HELD : LeaseState.ENDED);
    }

    @Override
    public void onCancel(CancelListener listener) {
        locked(() -> {
            cancels = listener;
            return this;
        });
    }

    /** A lease is to be cancelled. Called with the store's lock held. */
    void tellCancelled(Lease lease) {
        cancels.cancelled(lease.job().id(), lease.token());
    }

    @Override
    public void returnUnstarted(List<Lease> leases) {
        connected(() -> {
            settler.giveBack(standing, leases);
            return this;
        });
    }

    @Override
    public Beat renew() {
        return connected(() -> {
            if (closed) {
                return Beat.OK;
            }
            keepStanding();
            rescuer.noteBeat(standing);
            if (lost.isEmpty()) {
                return Beat.OK;
            }
            Beat beat = new Beat(lost);
            lost = new ArrayList<>();
            return beat;
        });
    }

    @Override
    public Sweep sweep() {
        return connected(() -> closed ? Sweep.NOTHING : rescuer.sweep());
    }

    /** Prolongs the standing; one that was taken away is replaced by a new one. */
    private void keepStanding() {
        if (store.sessions.isRegistered(standing)) {
            standing.expiry = store.now().plus(spec.lease());
        } else {
            rescuer.forget();
            standing = store.sessions.register(this, spec);
        }
    }

    @Override
    public void close() {
        locked(() -> {
            if (!closed && broker.isOpen()) {
                standing.closed = true;
                if (standing.holdsNothing()) {
                    store.sessions.remove(standing);
                }
                store.sessions.reroute(store.all());
            }
            closed = true;
            broker.forget(this);
            ready.signalAll();
            return this;
        });
    }

    /** Ends the waits of a session whose connection was closed under it. */
    void connectionClosed() {
        locked(() -> {
            ready.signalAll();
            return this;
        });
    }

    private <T> T connected(Supplier<T> action) {
        return locked(() -> {
            if (!broker.isOpen()) {
                throw new BrokerUnavailableException(
                        "GOOSE-3004: cannot work with " + broker.describe() + ": this connection is closed", null);
            }
            return action.get();
        });
    }

    private <T> T locked(Supplier<T> action) {
        store.lock.lock();
        try {
            return action.get();
        } finally {
            store.lock.unlock();
        }
    }
}
