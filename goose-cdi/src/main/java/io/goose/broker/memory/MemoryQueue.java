package io.goose.broker.memory;

import io.goose.admin.Place;
import io.goose.admin.QueueStats;
import io.goose.job.JobId;
import io.goose.job.Lane;
import io.goose.spi.Lease;
import io.goose.spi.SessionSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * One queue: its jobs and the place of each. Every job is in exactly one place; the methods named {@code to…} take it out
 * of the one and put it into the other. Guarded by the store's lock.
 */
final class MemoryQueue {

    final String name;
    boolean paused;
    final MemoryLimits limits = new MemoryLimits();

    private final Map<JobId, Entry> jobs = new HashMap<>();
    private final Lanes lanes = new Lanes();
    private final NavigableMap<Long, Entry> running = new TreeMap<>();
    private final NavigableSet<Entry> scheduled = new TreeSet<>(
            Comparator.<Entry, Instant>comparing(entry -> entry.due).thenComparingLong(entry -> entry.arrival));
    private final Map<JobId, Entry> dead = new LinkedHashMap<>();
    private final Map<JobId, Entry> parked = new LinkedHashMap<>();

    /** Scheduled and parked jobs that come back when a session announces what they need. */
    private final Set<Entry> needy = new LinkedHashSet<>();

    private long tokens;
    private long arrivals;

    MemoryQueue(String name) {
        this.name = name;
    }

    @Nullable Entry get(JobId id) {
        return jobs.get(id);
    }

    /** The running job with this token; null if there is none any more. */
    @Nullable Entry running(long token) {
        return running.get(token);
    }

    /** The jobs that run; a live view. */
    Collection<Entry> running() {
        return running.values();
    }

    Lanes lanes() {
        return lanes;
    }

    QueueStats stats() {
        return new QueueStats(name, lanes.size(), running.size(), scheduled.size(), dead.size(), parked.size(), paused);
    }

    /** The jobs in one place, in the order in which they are shown; a copy. */
    List<Entry> list(Place place) {
        return switch (place) {
            case WAITING -> lanes.all();
            case RUNNING -> new ArrayList<>(running.values());
            case SCHEDULED -> new ArrayList<>(scheduled);
            case DEAD -> newestFirst(dead.values());
            case PARKED -> newestFirst(parked.values());
        };
    }

    /** Puts a ready job into the lane that its state names, or that of {@code need}. */
    void toLane(Entry entry, Lane lane, @Nullable String need) {
        detach(entry);
        entry.place = Place.WAITING;
        entry.need = need;
        entry.state = entry.state.withLane(entry.isSuspect() ? Lane.SUSPECT : lane);
        lanes.add(entry);
    }

    /** Puts a job ahead of all others at the front, or of all suspects if it is one. */
    void toHead(Entry entry) {
        detach(entry);
        entry.place = Place.WAITING;
        entry.state = entry.state
                .withLane(entry.isSuspect() ? Lane.SUSPECT : Lane.FRONT)
                .withNotBefore(null);
        lanes.addFirst(entry);
    }

    /** Sets a job aside until {@code due}, or until a session announces {@code need}. */
    void toScheduled(Entry entry, Instant due, @Nullable String need) {
        detach(entry);
        entry.place = Place.SCHEDULED;
        entry.need = need;
        entry.due = due;
        entry.arrival = arrivals++;
        entry.state = entry.state.withNotBefore(due);
        scheduled.add(entry);
        rememberNeed(entry);
    }

    void toDead(Entry entry) {
        detach(entry);
        entry.cancelled = false; // it has ended: who replays it wants it to run
        entry.place = Place.DEAD;
        dead.put(entry.id, entry);
    }

    void toParked(Entry entry, String note, @Nullable String need) {
        detach(entry);
        entry.place = Place.PARKED;
        entry.note = note;
        entry.need = need;
        parked.put(entry.id, entry);
        rememberNeed(entry);
    }

    /** Hands a ready job to a session. */
    Lease toRunning(Entry entry, Standing holder, Instant now) {
        boolean suspect = entry.isSuspect();
        lanes.take(entry);
        entry.need = null;
        entry.place = Place.RUNNING;
        Lease fresh = Lease.of(entry.asJob(), ++tokens, suspect, now);
        Lease lease = entry.leasedBefore ? fresh.asRedelivered() : fresh;
        entry.leasedBefore = true;
        entry.lease = lease;
        entry.holder = holder;
        running.put(lease.token(), entry);
        holder.add(entry, lease.token(), suspect);
        return lease;
    }

    /** Forgets a job, wherever it is. */
    void remove(Entry entry) {
        detach(entry);
        jobs.remove(entry.id);
    }

    /** Moves what is due to the front, in the order of the times; returns whether there was anything. */
    boolean promote(Instant now) {
        boolean any = false;
        while (!scheduled.isEmpty() && !scheduled.first().due.isAfter(now)) {
            toLane(scheduled.first(), Lane.FRONT, null);
            any = true;
        }
        return any;
    }

    /** How long until the next scheduled job is due, at least zero; null if nothing is scheduled. */
    @Nullable Duration untilNextDue(Instant now) {
        if (scheduled.isEmpty()) {
            return null;
        }
        Duration left = Duration.between(now, scheduled.first().due);
        return left.isNegative() ? Duration.ZERO : left;
    }

    /** The jobs that were waiting for such a session; a copy. */
    List<Entry> needing(SessionSpec spec) {
        return needy.stream()
                .filter(entry -> entry.need != null && spec.canRun(entry.need))
                .toList();
    }

    /** The longest dead job; null if there is none. */
    @Nullable Entry oldestDead() {
        return dead.isEmpty() ? null : dead.values().iterator().next();
    }

    int deadCount() {
        return dead.size();
    }

    private void rememberNeed(Entry entry) {
        if (entry.need != null) {
            needy.add(entry);
        }
    }

    /** Takes a job out of the place it is in; a new one is in none. */
    private void detach(Entry entry) {
        if (jobs.putIfAbsent(entry.id, entry) == null) {
            return;
        }
        switch (entry.place) {
            case WAITING -> lanes.remove(entry);
            case RUNNING -> endLease(entry);
            case SCHEDULED -> scheduled.remove(entry);
            case DEAD -> dead.remove(entry.id);
            case PARKED -> parked.remove(entry.id);
        }
        needy.remove(entry);
        entry.note = null;
        entry.need = null;
    }

    private void endLease(Entry entry) {
        Lease lease = Objects.requireNonNull(entry.lease, "lease");
        running.remove(lease.token());
        Objects.requireNonNull(entry.holder, "holder").remove(entry, lease.token(), lease.suspect());
        entry.lease = null;
        entry.holder = null;
    }

    private static List<Entry> newestFirst(Collection<Entry> oldestFirst) {
        List<Entry> list = new ArrayList<>(oldestFirst);
        Collections.reverse(list);
        return list;
    }
}
