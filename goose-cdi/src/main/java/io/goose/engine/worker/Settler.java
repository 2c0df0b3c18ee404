package io.goose.engine.worker;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.ERROR;

import io.goose.GooseException;
import io.goose.UnsupportedCapabilityException;
import io.goose.engine.observe.Observation;
import io.goose.spi.Outcome;
import io.goose.spi.Session;
import io.goose.spi.Settlement;
import io.goose.spi.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Collects outcomes and writes them in batches. What it holds is bounded, and a thread that brings one more waits: so at a
 * crash it is known how many finished jobs can look unfinished to the broker.
 *
 * <p>{@link #add} may be called by any thread, {@link #flush} by the settling loop only.
 */
final class Settler {

    /** The most outcomes that are decided and not written. */
    static final int CAPACITY = 256;

    private static final int FULL_BATCH = 100;
    private static final Duration REFUSED_RETRY = Duration.ofMinutes(1);
    private static final long LINGER_NANOS = 2_000_000;
    private static final long OWED_NANOS = 1_000_000_000;
    private static final System.Logger LOG = System.getLogger(Settler.class.getName());

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition added = lock.newCondition();
    private final Condition room = lock.newCondition();
    private List<Settlement> pending = new ArrayList<>(CAPACITY); // guarded by lock
    private int unwritten; // guarded by lock: pending and under way
    private int waiting; // guarded by lock: threads that wait for room, each with one outcome more
    private boolean hurry; // guarded by lock: the settling loop need not linger
    private boolean abandoned; // guarded by lock: nothing is written any more, nobody waits for room
    private List<Settlement> underWay = List.of(); // settling loop only
    private List<Settlement> owed = List.of(); // settling loop only: of queues that are away while others are not
    private long owedUntil; // settling loop only
    private final LongAdder stale = new LongAdder();
    private final Runnable suspectEnded;
    private final Observation observation;

    /**
     * @param suspectEnded told when the outcome of a suspect is written: until then its session gets no other
     * @param observation told of each batch
     */
    Settler(Runnable suspectEnded, Observation observation) {
        this.suspectEnded = suspectEnded;
        this.observation = observation;
    }

    /** Takes an outcome; waits while there is no room. */
    void add(Settlement settlement) {
        lock.lock();
        try {
            while (unwritten >= CAPACITY && !abandoned) {
                waiting++;
                room.awaitUninterruptibly();
                waiting--;
            }
            if (abandoned) {
                unwritten++; // never written: counted with the others
                return;
            }
            pending.add(settlement);
            unwritten++;
            if (pending.size() == 1 || pending.size() == FULL_BATCH) {
                added.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Writes the next batch, waiting up to {@code nanos} for one to begin. */
    void flush(Session session, long nanos) throws InterruptedException {
        boolean again = !underWay.isEmpty();
        List<Settlement> batch = again ? underWay : nextBatch(Math.min(nanos, nanosUntilOwed()));
        if (nanosUntilOwed() == 0) {
            batch = joined(batch, owed);
            owed = List.of();
        }
        if (batch.isEmpty()) {
            return;
        }
        underWay = new ArrayList<>(batch);
        try {
            write(session, underWay); // what is thrown leaves the rest of the batch under way, to be repeated
        } catch (GooseException away) {
            int left = underWay.size();
            List<Settlement> failed = writeByQueue(session, underWay);
            boolean all = failed.size() == left;
            if (!all || again) { // what has come meanwhile may be of queues that work
                underWay = List.of();
                owed = joined(owed, failed);
                owedUntil = System.nanoTime() + (all ? 0 : OWED_NANOS);
            }
            if (all) {
                throw away;
            }
        }
    }

    private static List<Settlement> joined(List<Settlement> first, List<Settlement> then) {
        List<Settlement> all = new ArrayList<>(first);
        all.addAll(then);
        return all;
    }

    /** How long until the outcomes that stepped aside are tried again; a stop does not wait for that. */
    private long nanosUntilOwed() {
        if (owed.isEmpty()) {
            return Long.MAX_VALUE;
        }
        lock.lock();
        try {
            return hurry ? 0 : Math.max(0, owedUntil - System.nanoTime());
        } finally {
            lock.unlock();
        }
    }

    private void written(int count) {
        lock.lock();
        try {
            unwritten -= count;
            room.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** A batch failed: that may be so for some of its queues only, and the others are written. Returns what was not. */
    private List<Settlement> writeByQueue(Session session, List<Settlement> batch) {
        Map<String, List<Settlement>> queues = new LinkedHashMap<>();
        batch.forEach(one -> queues.computeIfAbsent(one.lease().job().queue(), queue -> new ArrayList<>())
                .add(one));
        if (queues.size() == 1) {
            return batch;
        }
        List<Settlement> failed = new ArrayList<>();
        queues.forEach((queue, part) -> {
            try {
                write(session, part);
            } catch (GooseException broken) {
                LOG.log(DEBUG, "the outcomes of queue {0} have to wait: {1}", queue, broken.getMessage());
                failed.addAll(part);
            }
        });
        return failed;
    }

    private List<Settlement> nextBatch(long nanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = nanos;
            while (pending.isEmpty() && left > 0 && !abandoned && (owed.isEmpty() || !hurry)) {
                left = added.awaitNanos(left);
            }
            left = LINGER_NANOS;
            while (!pending.isEmpty() && pending.size() < FULL_BATCH && left > 0 && !hurry) {
                left = added.awaitNanos(left);
            }
            List<Settlement> batch = pending;
            pending = new ArrayList<>(CAPACITY);
            return batch;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Writes outcomes, and takes those that are written, or never will be, out of {@code left}.
     *
     * @throws GooseException if the broker is away; the rest can be written later
     */
    private void write(Session session, List<Settlement> left) {
        List<Verdict> verdicts;
        long begun = observation.begin();
        try {
            verdicts = session.settle(List.copyOf(left));
        } catch (RuntimeException refused) {
            if (isOutage(refused)) {
                throw refused;
            }
            LOG.log(ERROR, "GOOSE-4002: a batch of outcomes was refused; they are written one by one", refused);
            while (!left.isEmpty()) {
                writeAlone(session, left.get(0));
                left.remove(0);
                written(1);
            }
            return;
        }
        int late = 0;
        for (Verdict verdict : verdicts) {
            late += verdict == Verdict.STALE ? 1 : 0;
        }
        if (late > 0) {
            stale.add(late);
            LOG.log(DEBUG, "{0} of {1} outcomes came too late: the leases were lost", late, left.size());
        }
        observation.settled(begun, left.size(), late);
        boolean suspect = left.stream().anyMatch(one -> one.lease().suspect());
        written(left.size());
        left.clear();
        if (suspect) {
            suspectEnded.run();
        }
    }

    /** Whether the broker is at fault, so that the same can be written later; else it is what was to be written. */
    private static boolean isOutage(RuntimeException failure) {
        return failure instanceof GooseException && !(failure instanceof UnsupportedCapabilityException);
    }

    private void writeAlone(Session session, Settlement one) {
        try {
            Verdict verdict = session.settle(List.of(one)).get(0);
            LOG.log(DEBUG, "written alone: {0}", verdict);
        } catch (RuntimeException refused) {
            if (isOutage(refused)) {
                throw refused;
            }
            LOG.log(
                    ERROR,
                    () -> "GOOSE-4003: the outcome " + one.outcome().getClass().getSimpleName() + " of job "
                            + one.lease().job().id() + " was refused; the job is released and will run again in "
                            + REFUSED_RETRY,
                    refused);
            release(session, one);
        }
    }

    /** Ends a lease whose outcome cannot be written: the session lives on, so nothing else would. */
    private static void release(Session session, Settlement refused) {
        Settlement instead = Settlement.of(refused.lease(), new Outcome.Release(REFUSED_RETRY, null));
        try {
            Verdict verdict = session.settle(List.of(instead)).get(0);
            LOG.log(DEBUG, "released: {0}", verdict);
        } catch (RuntimeException again) {
            if (isOutage(again)) {
                throw again; // all of it is tried again
            }
            LOG.log(
                    ERROR,
                    () -> "GOOSE-4018: job " + refused.lease().job().id()
                            + " could not be released either; it stays leased until its worker stops",
                    again);
        }
    }

    /** Ends the lingering: what is there is written at once from now on. */
    void hurry() {
        lock.lock();
        try {
            hurry = true;
            added.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Gives up: who waits for room goes on. Returns how many outcomes are not written. */
    int abandon() {
        lock.lock();
        try {
            abandoned = true;
            room.signalAll();
            added.signalAll();
            return unwritten + waiting;
        } finally {
            lock.unlock();
        }
    }

    /** How many outcomes are decided and not written. */
    int unwritten() {
        lock.lock();
        try {
            return unwritten;
        } finally {
            lock.unlock();
        }
    }

    /** How many threads wait for room, each with an outcome that is decided. */
    int waiting() {
        lock.lock();
        try {
            return waiting;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until every outcome that was brought is written, at most {@code nanos}; whether that is so. */
    boolean awaitAllWritten(long nanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = nanos;
            while (unwritten + waiting > 0 && left > 0) {
                left = room.awaitNanos(left);
            }
            return unwritten + waiting == 0;
        } finally {
            lock.unlock();
        }
    }

    /** How many outcomes came after their lease was lost. */
    long stale() {
        return stale.sum();
    }
}
