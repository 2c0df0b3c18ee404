package io.goose.broker.memory;

import io.goose.job.Failure;
import io.goose.job.JobId;
import io.goose.job.Lane;
import io.goose.spi.Lease;
import io.goose.spi.MemberState;
import io.goose.spi.Sweep;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One session's view of which others are dead, and what it does for their jobs. A session is dead only if it was expired at
 * two beats of this one, a heartbeat apart: an outage that stops everybody's beats rescues nobody alive. Called with the
 * store's lock held.
 */
final class Rescuer {

    /** A job that was running when this many workers died, in the end alone among suspects, is buried. */
    private static final int CRASHES_TO_BURY = 3;

    private final MemoryStore store;
    private final Map<String, Instant> firstSeenExpired = new HashMap<>();
    private final Set<String> dead = new HashSet<>();

    Rescuer(MemoryStore store) {
        this.store = store;
    }

    /** Notes who is expired at this good beat of {@code self}. */
    void noteBeat(Standing self) {
        Instant now = store.now();
        Set<String> expired = new HashSet<>();
        for (Standing other : store.sessions.all()) {
            if (other == self || !other.isExpired(now)) {
                continue;
            }
            expired.add(other.id);
            Instant first = firstSeenExpired.putIfAbsent(other.id, now);
            if (first != null && !first.plus(self.spec.heartbeat()).isAfter(now)) {
                dead.add(other.id);
            }
        }
        firstSeenExpired.keySet().retainAll(expired);
        dead.retainAll(expired);
    }

    /** Forgets what was seen: this session could not beat itself, so it cannot tell who could. */
    void forget() {
        firstSeenExpired.clear();
        dead.clear();
    }

    /** Gives back what the dead held, and puts in order what else their end left behind. */
    Sweep sweep() {
        Found found = new Found();
        Instant now = store.now();
        for (Standing other : store.sessions.all()) {
            if (dead.contains(other.id) && other.isExpired(now)) {
                other.leasedQueues().forEach(queue -> rescue(other, store.queue(queue), found));
                store.sessions.remove(other);
                firstSeenExpired.remove(other.id);
            }
        }
        dead.clear();
        store.all().forEach(queue -> store.evict(queue, now));
        int rerouted = store.sessions.reroute(store.all());
        Sweep sweep = new Sweep(found.rescued, found.suspects, found.buried, rerouted, 0);
        return sweep.isNothing() ? Sweep.NOTHING : sweep;
    }

    private static final class Found {
        final List<JobId> rescued = new ArrayList<>();
        final List<JobId> suspects = new ArrayList<>();
        final List<JobId> buried = new ArrayList<>();
    }

    private void rescue(Standing other, MemoryQueue queue, Found found) {
        List<Entry> leased = other.leased(queue.name);
        List<Entry> exposed = exposed(other, leased);
        for (Entry entry : leased) {
            Lease lease = Objects.requireNonNull(entry.lease, "lease");
            other.session.lost(lease);
            if (entry.cancelled) {
                queue.remove(entry);
                store.batches.removed(store, entry);
                continue;
            }
            if (!exposed.contains(entry)) {
                queue.toLane(entry, Lane.FRONT, null);
                found.rescued.add(entry.id);
                continue;
            }
            entry.state = entry.state.withCrashes(entry.state.crashes() + 1);
            if (lease.suspect() && entry.state.crashes() >= CRASHES_TO_BURY) {
                Failure poison = poison(other, entry, exposed);
                entry.state = entry.state.withFailures(entry.state.failures().and(poison, store.now()));
                store.bury(queue, entry);
                store.batches.mark(store, entry, MemberState.DEAD);
                found.buried.add(entry.id);
            } else {
                queue.toLane(entry, Lane.SUSPECT, null);
                found.suspects.add(entry.id);
            }
        }
        store.sessions.signal(queue.name);
    }

    /**
     * The jobs that can have been running: jobs start in the order of their tokens, so the first ones, and the suspect, which
     * is never kept waiting. None if the session ended in an orderly way.
     */
    private static List<Entry> exposed(Standing other, List<Entry> leased) {
        List<Entry> exposed = new ArrayList<>();
        int plain = 0;
        for (Entry entry : leased) {
            if (!other.closed && (entry.isSuspect() || plain++ < other.spec.exposure())) {
                exposed.add(entry);
            }
        }
        return exposed;
    }

    private static Failure poison(Standing other, Entry entry, List<Entry> exposed) {
        String message = "was running, alone among suspects, when its worker died for the " + CRASHES_TO_BURY
                + "rd time; host " + other.spec.host() + ", session " + other.id + ", " + other.spec.threads()
                + " threads";
        String neighbours = exposed.stream()
                .filter(neighbour -> neighbour != entry)
                .map(neighbour -> neighbour.id.value())
                .collect(Collectors.joining("\n"));
        return new Failure(Failure.POISON, message, "neighbours:\n" + neighbours);
    }
}
