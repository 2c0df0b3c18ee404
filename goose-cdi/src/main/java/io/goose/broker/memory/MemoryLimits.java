package io.goose.broker.memory;

import io.goose.admin.LimitScope;
import io.goose.job.EnvelopeCodec;
import io.goose.spi.Lease;
import io.goose.spi.LimitLedger.Kept;
import io.goose.spi.LimitedJob;
import io.goose.spi.Permits;
import io.goose.spi.Permits.Answer.Blocked;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The limits of one queue, and claims that observe them. What runs is counted anew by each. Guarded by the store's lock. */
final class MemoryLimits {

    /** By their scopes. */
    final Map<LimitScope, Kept> kept = new HashMap<>();

    private final Map<String, Double> buckets = new HashMap<>();
    private final Map<LimitedJob, Long> turns = new HashMap<>();
    private long turn;
    private @Nullable EnvelopeCodec codec;

    boolean any() {
        return !kept.isEmpty();
    }

    /** How many leased jobs of a queue count for a scope. */
    long running(MemoryQueue queue, LimitScope scope) {
        return any() ? runningOf(queue).getOrDefault(scope.code(), 0) : 0;
    }

    private Map<String, Integer> runningOf(MemoryQueue queue) {
        Map<String, Integer> running = new HashMap<>();
        queue.running().forEach(entry -> Permits.count(job(entry), running));
        return running;
    }

    private LimitedJob job(Entry entry) {
        LimitedJob known = entry.limited;
        if (known == null) {
            EnvelopeCodec reader = codec;
            if (reader == null) {
                reader = new EnvelopeCodec();
                codec = reader;
            }
            known = LimitedJob.of(entry.envelope, reader);
            entry.limited = known;
        }
        return known;
    }

    /** What a session asks for. */
    record Wish(Standing session, int max, long maxBytes, boolean suspects, Instant now) {}

    /**
     * What a claim came to.
     *
     * @param more whether more could have been leased
     * @param untilPermit how long until time brings a permit that a job waits for; null if none does
     */
    record Taken(List<Lease> leases, boolean more, @Nullable Duration untilPermit) {}

    /** The jobs that one turn is about, as far as the session may have them. */
    private static final class Group {
        private final Deque<Entry> ahead = new ArrayDeque<>();
        private final Deque<Entry> back = new ArrayDeque<>();

        private @Nullable Entry head(boolean backsTurn) {
            Entry first = ahead.peek();
            Entry behind = back.peek();
            return behind != null && (first == null || (backsTurn && !first.isSuspect())) ? behind : first;
        }

        private void remove(Entry entry) {
            if (!ahead.remove(entry)) {
                back.remove(entry);
            }
        }
    }

    /** Leases ready jobs that are within all limits. */
    Taken take(MemoryQueue queue, Wish wish) {
        double nowMicros = wish.now().toEpochMilli() * 1000.0;
        buckets.values().removeIf(full -> full <= nowMicros);
        Permits permits = new Permits(Permits.byCode(kept), runningOf(queue), buckets, nowMicros);
        Map<LimitedJob, Group> groups = groups(queue.lanes(), wish, permits.takeTurns());
        List<Lease> leases = new ArrayList<>();
        long bytes = 0;
        Double permitAt = null;
        while (true) {
            permitAt = null;
            Entry next = null;
            LimitedJob group = null;
            for (Map.Entry<LimitedJob, Group> one : groups.entrySet()) {
                Entry head = one.getValue().head(queue.lanes().isBacksTurn());
                if (head == null) {
                    continue;
                }
                if (permits.look(job(head)) instanceof Blocked blocked) {
                    Double until = blocked.untilMicros();
                    permitAt = until == null || (permitAt != null && permitAt < until) ? permitAt : until;
                } else if (next == null || turnOf(one.getKey()) < turnOf(group)) {
                    next = head;
                    group = one.getKey();
                }
            }
            if (next == null || leases.size() >= wish.max()) {
                return new Taken(leases, next != null, until(permitAt, nowMicros));
            }
            bytes += next.envelope.size();
            if (!leases.isEmpty() && bytes > wish.maxBytes()) {
                return new Taken(leases, true, null);
            }
            permits.take(job(next));
            Group from = groups.get(group);
            if (from != null) {
                from.remove(next);
            }
            turns.put(group, ++turn);
            if (next.isSuspect()) {
                groups.values().forEach(other -> other.ahead.removeIf(Entry::isSuspect));
            }
            leases.add(queue.toRunning(next, wish.session(), wish.now()));
        }
    }

    private long turnOf(@Nullable LimitedJob group) {
        return turns.getOrDefault(group, 0L);
    }

    private Map<LimitedJob, Group> groups(Lanes lanes, Wish wish, boolean turn) {
        LimitedJob all = new LimitedJob("", "");
        Function<Entry, LimitedJob> group = entry -> turn ? job(entry) : all;
        Map<LimitedJob, Group> groups = new LinkedHashMap<>();
        for (Entry entry : lanes.ahead(wish.session(), wish.suspects())) {
            groups.computeIfAbsent(group.apply(entry), key -> new Group()).ahead.add(entry);
        }
        for (Entry entry : lanes.atBack()) {
            groups.computeIfAbsent(group.apply(entry), key -> new Group()).back.add(entry);
        }
        turns.keySet().retainAll(groups.keySet());
        groups.keySet().forEach(key -> turns.putIfAbsent(key, this.turn)); // who comes later has its turn later
        return groups;
    }

    private static @Nullable Duration until(@Nullable Double permitAt, double nowMicros) {
        return permitAt == null ? null : Duration.ofMillis((long) Math.ceil((permitAt - nowMicros) / 1000));
    }
}
