package io.goose.broker.memory;

import io.goose.QueueNames;
import io.goose.admin.Place;
import io.goose.admin.QueueStats;
import io.goose.admin.StoredJob;
import io.goose.job.CancelResult;
import io.goose.job.JobId;
import io.goose.job.JobResult;
import io.goose.job.Lane;
import io.goose.job.QueuedJob;
import io.goose.spi.BrokerSettings;
import io.goose.spi.CronLedger;
import io.goose.spi.EvictionListener;
import io.goose.spi.Lease;
import io.goose.spi.SendResult;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The storage: queues, jobs and who is at work. Brokers that share one are several connections to the same place.
 *
 * <p>Not thread-safe by itself: callers hold {@link #lock}, but for {@link #send} and the ledger's methods, which take it.
 */
final class MemoryStore {

    private static final Logger LOG = System.getLogger(MemoryStore.class.getPackageName());

    final ReentrantLock lock = new ReentrantLock();
    final BrokerSettings settings;
    private final InstantSource clock;
    private final Map<String, MemoryQueue> queues = new TreeMap<>(); // guarded by lock
    private final SentMarks marks; // guarded by lock
    final Sessions sessions; // guarded by lock
    final Uniques uniques = new Uniques(this); // guarded by lock
    final Results results = new Results(); // guarded by lock
    final List<EvictionListener> evictions = new CopyOnWriteArrayList<>();
    final Map<String, CronLedger.Kept> crons = new TreeMap<>(); // guarded by lock
    final MemoryBatches.Kept batches = new MemoryBatches.Kept(); // guarded by lock

    MemoryStore(BrokerSettings settings, InstantSource clock) {
        this.settings = settings;
        this.clock = clock;
        this.marks = new SentMarks(settings.dedupeRetention());
        this.sessions = new Sessions(this);
    }

    /** The broker's time, in the resolution of a stored job's. */
    Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    /** The queue with this name, made if need be. */
    MemoryQueue queue(String name) {
        return queues.computeIfAbsent(name, MemoryQueue::new);
    }

    /** The queue with this name; null if it was never used. */
    @Nullable MemoryQueue existing(String name) {
        return queues.get(name);
    }

    /** All queues; a live view. */
    Collection<MemoryQueue> all() {
        return queues.values();
    }

    List<SendResult> send(List<QueuedJob> jobs) {
        lock.lock();
        try {
            List<SendResult> results = new ArrayList<>(jobs.size());
            for (QueuedJob job : jobs) {
                Optional<String> problem = QueueNames.problem(job.queue());
                results.add(
                        problem.isPresent()
                                ? new SendResult.Rejected(
                                        "GOOSE-3001",
                                        "GOOSE-3001: cannot enqueue job " + job.id() + " to queue '" + job.queue()
                                                + "': " + problem.get())
                                : job.unique() == null ? accept(job) : uniques.accept(job, job.unique()));
            }
            return results;
        } finally {
            lock.unlock();
        }
    }

    /** Adds a job that somebody sends. Called with the lock held. */
    SendResult accept(QueuedJob job) {
        return accept(job, job.marked() || job.state().moves() > 0);
    }

    /**
     * Adds a job. Called with the lock held.
     *
     * @param marked whether this sending may be delivered again after its job has finished, so that a mark must be kept
     */
    SendResult accept(QueuedJob job, boolean marked) {
        MemoryQueue queue = queue(job.queue());
        Instant now = now();
        if (queue.get(job.id()) != null || (marked && !marks.add(job, now))) {
            return new SendResult.Exists(job.id());
        }
        Entry entry = new Entry(job);
        Instant notBefore = job.state().notBefore();
        if (notBefore != null && notBefore.isAfter(now)) {
            queue.toScheduled(entry, notBefore, null);
        } else {
            boolean back = notBefore == null && job.state().lane() == Lane.BACK;
            queue.toLane(entry, back ? Lane.BACK : Lane.FRONT, null);
        }
        sessions.signal(queue.name);
        return SendResult.Accepted.INSTANCE;
    }

    /** Buries a job and lets go of those that are too many or too old. Called with the lock held. */
    void bury(MemoryQueue queue, Entry entry) {
        Instant now = now();
        entry.state = entry.state
                .withNotBefore(null)
                .withUnknownSince(null)
                .withFailures(entry.state.failures().diedAt(now));
        queue.toDead(entry);
        evict(queue, now);
    }

    /** Lets go of the dead of a queue that are too many or too old. Called with the lock held. */
    void evict(MemoryQueue queue, Instant now) {
        BrokerSettings.DeadRetention retention = settings.dead();
        List<JobId> evicted = new ArrayList<>();
        for (Entry oldest = queue.oldestDead(); oldest != null; oldest = queue.oldestDead()) {
            Instant diedAt = oldest.state.failures().diedAt();
            boolean tooOld = diedAt != null && !diedAt.plus(retention.maxAge()).isAfter(now);
            if (queue.deadCount() <= retention.max() && !tooOld) {
                break;
            }
            queue.remove(oldest);
            evicted.add(oldest.id);
        }
        if (!evicted.isEmpty()) {
            evictions.forEach(listener -> listener.evicted(queue.name, evicted.size()));
            LOG.log(
                    Level.WARNING,
                    "GOOSE-3002: deleted {0} dead jobs of queue ''{1}'', beyond goose.dead.max={2} or"
                            + " goose.dead.max-age={3}: {4}",
                    evicted.size(),
                    queue.name,
                    retention.max(),
                    retention.maxAge(),
                    evicted);
        }
    }

    Set<String> queueNames() {
        lock.lock();
        try {
            return new TreeSet<>(queues.keySet());
        } finally {
            lock.unlock();
        }
    }

    void setPaused(String name, boolean paused) {
        lock.lock();
        try {
            queue(QueueNames.check(name)).paused = paused;
            sessions.signal(name);
        } finally {
            lock.unlock();
        }
    }

    QueueStats stats(String name) {
        lock.lock();
        try {
            MemoryQueue queue = queues.get(name);
            if (queue == null) {
                return new QueueStats(name, 0, 0, 0, 0, 0, false);
            }
            evict(queue, now());
            return queue.stats();
        } finally {
            lock.unlock();
        }
    }

    Optional<StoredJob> find(String name, JobId id) {
        lock.lock();
        try {
            return Optional.ofNullable(entry(name, id)).map(Entry::asStored);
        } finally {
            lock.unlock();
        }
    }

    List<StoredJob> list(String name, Place place, int offset, int limit) {
        lock.lock();
        try {
            MemoryQueue queue = queues.get(name);
            if (queue == null) {
                return List.of();
            }
            evict(queue, now());
            return queue.list(place).stream()
                    .skip(offset)
                    .limit(limit)
                    .map(Entry::asStored)
                    .toList();
        } finally {
            lock.unlock();
        }
    }

    Optional<JobResult> result(String name, JobId id) {
        lock.lock();
        try {
            return results.find(name, id, now()).map(JobResult::decode);
        } finally {
            lock.unlock();
        }
    }

    CancelResult cancel(String name, JobId id) {
        lock.lock();
        try {
            Entry entry = entry(name, id);
            if (entry == null || entry.place == Place.DEAD) {
                return CancelResult.NOT_FOUND;
            }
            Lease lease = entry.lease;
            Standing holder = entry.holder;
            if (lease == null || holder == null) {
                queue(name).remove(entry);
                batches.removed(this, entry);
                return CancelResult.REMOVED;
            }
            entry.cancelled = true;
            holder.session.tellCancelled(lease);
            return CancelResult.ASKED;
        } finally {
            lock.unlock();
        }
    }

    /** The job with this id in this queue; null if there is none. Called with the lock held. */
    @Nullable Entry entry(String name, JobId id) {
        MemoryQueue queue = queues.get(name);
        return queue == null ? null : queue.get(id);
    }
}
