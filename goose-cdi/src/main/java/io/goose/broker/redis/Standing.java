package io.goose.broker.redis;

import io.goose.spi.Lease;
import io.goose.spi.Verdict;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What a session is for one queue: the id it has there, what it holds, and what it asked without an answer. A standing that
 * was lost is replaced by a new one with another id.
 */
final class Standing {

    /** A held lease and its value in Redis, which every settle shows. */
    static final class Held {
        private final Lease lease;
        private final byte[] value;

        Held(Lease lease, byte[] value) {
            this.lease = lease;
            this.value = value;
        }

        Lease lease() {
            return lease;
        }

        byte[] value() {
            return value;
        }
    }

    /** What became of a lease. */
    record Settled(long token, Verdict verdict) {}

    /** A claim whose answer is not known. */
    record OpenClaim(long number, int max, long maxBytes, boolean suspect, List<String> lanes, boolean limited) {}

    /** Whether the queue had limits when last heard of. */
    volatile boolean limited;

    final QueueKeys queue;
    final String id;
    final byte[] idBytes;
    final byte[] leaseKey;

    /** By job id. */
    final Map<String, Held> held = new ConcurrentHashMap<>();

    /**
     * What branches have been given, or may have been, by their names: it comes back if this process has them rolled back before the
     * delivery is over.
     */
    final Map<String, List<Held>> handed = new ConcurrentHashMap<>();

    // guarded by claimLock
    final ReentrantLock claimLock = new ReentrantLock();
    long claims;

    @Nullable OpenClaim openClaim;

    List<String> lanes = List.of(); // needs of ours that had jobs when last heard of

    // guarded by settleLock
    final ReentrantLock settleLock = new ReentrantLock();
    long settles;

    @Nullable SettleCall openSettle;

    /** The verdicts that the present or the last, failed settle got; by job id. */
    Map<String, Settled> verdicts = new HashMap<>();

    /** When the next job of the queue is due, by nanoTime; null if none is. */
    volatile @Nullable Long nextDue;

    Standing(QueueKeys queue, String id) {
        this.queue = queue;
        this.id = id;
        this.idBytes = QueueKeys.bytes(id);
        this.leaseKey = queue.lease(id);
    }

    /** A branch has a lease, or may have it. */
    void hand(Held held, String branch) {
        handed.computeIfAbsent(branch, name -> new CopyOnWriteArrayList<>()).add(held);
    }

    /** The held lease of this job, if it is this very one. */
    @Nullable Held held(Lease lease) {
        Held found = held.get(lease.job().id().value());
        return found != null && found.lease.token() == lease.token() ? found : null;
    }
}
