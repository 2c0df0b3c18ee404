package io.goose.broker.redis;

import io.goose.BrokerUnavailableException;
import io.goose.GooseException;
import io.goose.job.JobId;
import io.goose.spi.SessionSpec;
import io.goose.spi.Sweep;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Puts in order what others left, in all queues. A session counts as dead only if it was expired when this one had beaten well,
 * and again when it had beaten well at least a heartbeat later, with no failed beat between; right after an outage, in which nobody
 * could beat, it must be seen a third time, a heartbeat later still: those who are alive may need so long to come back.
 * Thread-safe.
 */
final class Sweeper {

    /** A job that was running when this many workers died, in the end alone among suspects, is buried. */
    private static final int CRASHES_TO_BURY = 3;

    /** For so many good beats after an outage whoever is seen expired for the first time must be seen twice more. */
    private static final int DOUBTED_BEATS = 2;

    /** A sweep looks at so many queues of others, the next one at the next ones. */
    private static final int MOST_QUEUES = 1_000;

    /** Of so many needs a sweep lets go of what is not needed any more. */
    private static final int MOST_NEEDS = 20;

    private final RedisParts parts;
    private final SessionSpec spec;
    private final Standings standings;
    private final RedisLimits limits;
    private final byte[] wakePrefix;
    private final UniqueTidy uniques;
    private final BranchWatch branches;
    private final ReentrantLock lock = new ReentrantLock();

    // guarded by lock
    private long beats;
    private long lastBeat;
    private Map<Session, Seen> expired = new HashMap<>();
    private int round; // of the sweeps; each begins with another queue
    private int first; // which of all queues the next sweep looks at first, if they are many
    private long doubtedUntil = -1; // up to this beat all are seen for the first time after an outage
    private final Map<String, Long> doubted = new HashMap<>(); // the same for one queue
    private int firstNeed; // which of the needs of a queue the next sweep begins with

    /** A session of a queue. */
    private record Session(String queue, String id) {}

    /** When a session was first seen expired: at which beat, by nanoTime; and how many beats later it counts as dead. */
    private record Seen(long beat, long at, int more) {}

    Sweeper(RedisParts parts, SessionSpec spec, Standings standings) {
        this.parts = parts;
        this.spec = spec;
        this.standings = standings;
        this.limits = new RedisLimits(parts);
        this.wakePrefix = QueueKeys.bytes(parts.registry().wakePrefix());
        this.uniques = new UniqueTidy(parts.exchange(), new RedisLedger(parts)::find);
        this.branches = new BranchWatch(parts);
    }

    /** A beat went well, but for the {@code failed} queues; if there are any, only what was seen in the good ones counts on. */
    void beat(Set<String> failed) {
        lock.lock();
        try {
            if (!failed.isEmpty()) {
                expired.keySet()
                        .removeIf(seen ->
                                failed.contains(seen.queue) || !spec.queues().contains(seen.queue));
            }
            beats++;
            lastBeat = System.nanoTime();
            failed.forEach(this::doubt);
        } finally {
            lock.unlock();
        }
    }

    /** A beat did not go well, or this session was itself taken for dead: what was seen before counts no more. */
    void forget() {
        lock.lock();
        try {
            expired.clear();
            doubtedUntil = beats + DOUBTED_BEATS;
        } finally {
            lock.unlock();
        }
    }

    /** A queue did not answer: who is seen expired there next may only have been cut off. Called with the lock held. */
    private void doubt(String queue) {
        doubted.put(queue, beats + DOUBTED_BEATS);
    }

    /** Called with the lock held. */
    private Seen firstSeen(String queue) {
        boolean afterOutage = beats <= Math.max(doubtedUntil, doubted.getOrDefault(queue, -1L));
        return new Seen(beats, lastBeat, afterOutage ? 2 : 1);
    }

    /** What a sweep found. */
    private static final class Found {
        private final List<JobId> rescued = new ArrayList<>();
        private final List<JobId> suspects = new ArrayList<>();
        private final List<JobId> buried = new ArrayList<>();
        private int rerouted;
        private int effects;
    }

    Sweep sweep() {
        lock.lock();
        try {
            Found found = new Found();
            Map<Session, Seen> seenNow = new HashMap<>();
            @Nullable GooseException failure = null;
            List<String> names = names();
            branches.look(new Budget(spec.heartbeat().dividedBy(4)));
            List<QueueKeys> queues = some(names);
            List<byte[]> retention = List.of(
                    QueueKeys.bytes(parts.settings().dead().max()),
                    QueueKeys.bytes(parts.settings().dead().maxAge().toMillis()));
            List<Answer> answers = parts.exchange()
                    .run(queues.stream()
                            .map(queue -> Call.script(Script.LOOK, queue, queue.of(Script.LOOK), retention))
                            .toList());
            Budget budget = new Budget(spec.heartbeat().dividedBy(2));
            for (int n = 0; n < queues.size(); n++) {
                int i = Math.floorMod(round + n, queues.size());
                try {
                    Answer answer =
                            parts.exchange().checked("look after queue '" + queues.get(i).queue + "'", answers.get(i));
                    order(queues.get(i), answer.list(), seenNow, found, budget);
                } catch (GooseException broken) { // the other queues are not to wait for this one
                    doubt(queues.get(i).queue);
                    failure = broken;
                } catch (RuntimeException unexpected) { // nor for what somebody else wrote there
                    failure = new BrokerUnavailableException(
                            "GOOSE-3036: queue '" + queues.get(i).queue + "' cannot be put in order: " + unexpected,
                            unexpected);
                }
            }
            round++;
            doubted.values().removeIf(until -> until < beats);
            Set<String> looked = queues.stream().map(queue -> queue.queue).collect(Collectors.toSet());
            Set<String> known = Set.copyOf(names);
            expired.forEach((session, seen) -> {
                if (!looked.contains(session.queue) && known.contains(session.queue)) {
                    seenNow.put(session, seen);
                }
            });
            expired = seenNow;
            if (failure != null) {
                throw failure;
            }
            Sweep sweep = new Sweep(found.rescued, found.suspects, found.buried, found.rerouted, found.effects);
            return sweep.isNothing() ? Sweep.NOTHING : sweep;
        } finally {
            lock.unlock();
        }
    }

    private List<String> names() {
        boolean good = false;
        try {
            List<String> names = List.copyOf(parts.registry().queues());
            good = true;
            return names;
        } finally {
            if (!good) { // so no queue was looked at
                forget();
            }
        }
    }

    /** The queues that this sweep looks at: its session's own, and as many of the others as are bearable. Called with the lock held. */
    private List<QueueKeys> some(List<String> names) {
        Set<String> chosen = new LinkedHashSet<>();
        names.stream().filter(spec.queues()::contains).forEach(chosen::add);
        int most = Math.min(names.size(), MOST_QUEUES);
        for (int n = 0; n < most; n++) {
            chosen.add(names.get(Math.floorMod(first + n, names.size())));
        }
        first = names.isEmpty() ? 0 : Math.floorMod(first + most, names.size());
        return chosen.stream().map(parts.registry()::keys).toList();
    }

    /** Puts a queue in order. What the budget does not allow is found again by the next sweep. */
    private void order(QueueKeys queue, List<Object> look, Map<Session, Seen> seenNow, Found found, Budget budget) {
        for (Object name : (List<?>) look.get(0)) {
            Session session = new Session(queue.queue, Records.text((byte[]) name));
            if (session.id.startsWith(standings.channel())) {
                continue;
            }
            Seen known = expired.get(session);
            Seen before = known != null ? known : firstSeen(queue.queue);
            boolean dead = beats >= before.beat + before.more
                    && lastBeat - before.at
                            >= spec.heartbeat().multipliedBy(before.more).toNanos();
            if (!dead || budget.isSpent() || !rescue(queue, session.id, found, budget)) {
                seenNow.put(session, before);
            }
        }
        for (Object name : (List<?>) look.get(1)) {
            String need = Records.text((byte[]) name);
            boolean ours = spec.canRun(need) && spec.queues().contains(queue.queue);
            if (!ours && !budget.isSpent()) {
                found.rerouted += reroute(queue, need, budget);
            }
        }
        if (Long.valueOf(1).equals(look.get(2)) && !budget.isSpent()) {
            found.effects += deliverEffects(queue, budget);
        }
        if (Long.valueOf(1).equals(look.get(4)) && !budget.isSpent()) {
            evict(queue, budget);
        }
        if (Long.valueOf(1).equals(look.get(6)) && !budget.isSpent()) {
            limits.audit(queue);
        }
        if (spec.queues().contains(queue.queue) && !budget.isSpent()) {
            standings.adopt(queue, (List<?>) look.get(3), budget);
        }
        if (((Long) look.get(5)) > 0 && !budget.isSpent()) {
            uniques.tidy(queue, budget);
        }
        if (!((List<?>) look.get(3)).isEmpty() && !budget.isSpent()) {
            tidy(queue, (List<?>) look.get(3));
        }
    }

    /** Lets go of what is noted under needs for jobs that are gone, a part of it each time. */
    private void tidy(QueueKeys queue, List<?> needs) {
        List<byte[]> keys = new ArrayList<>();
        List<byte[]> names = new ArrayList<>();
        for (int n = 0; n < Math.min(MOST_NEEDS, needs.size()); n++) {
            byte[] need = (byte[]) needs.get(Math.floorMod(firstNeed++, needs.size()));
            keys.add(queue.unknown(Records.text(need)));
            names.add(need);
        }
        parts.exchange()
                .run(
                        "tidy up queue '" + queue.queue + "'",
                        Call.script(Script.TIDY, queue, queue.of(Script.TIDY, keys), names));
    }

    private int deliverEffects(QueueKeys queue, Budget budget) {
        int total = 0;
        int delivered;
        do {
            try {
                delivered = parts.effects().deliverOld(queue);
            } catch (RedisFault fault) {
                throw parts.exchange().exception("deliver the effects of queue '" + queue.queue + "'", fault);
            }
            total += delivered;
        } while (Effects.mayBeMore(delivered) && !budget.isSpent());
        return total;
    }

    /** Gives back what a dead session held, all of it or as much as the budget allows; whether it was all. */
    private boolean rescue(QueueKeys queue, String session, Found found, Budget budget) {
        List<JobId> rescued = new ArrayList<>();
        List<JobId> suspects = new ArrayList<>();
        boolean more;
        do { // the youngest leases come first
            Call call = Call.script(
                    Script.RESCUE,
                    queue,
                    queue.of(Script.RESCUE, queue.lease(session)),
                    List.of(
                            QueueKeys.bytes(session),
                            wakePrefix,
                            queue.queueBytes,
                            QueueKeys.bytes(CRASHES_TO_BURY),
                            QueueKeys.bytes(parts.settings().dead().max()),
                            QueueKeys.bytes(parts.settings().dead().maxAge().toMillis())));
            List<Object> reply = parts.exchange()
                    .run("rescue the jobs of session " + session, call)
                    .list();
            more = Long.valueOf(1).equals(reply.get(0));
            rescued.addAll(0, ids(reply.get(1)));
            suspects.addAll(0, ids(reply.get(2)));
            found.buried.addAll(ids(reply.get(3)));
            parts.eviction().report(queue.queue, (Long) reply.get(4));
            parts.effects().deliver(queue, (List<?>) reply.get(5));
        } while (more && !budget.isSpent());
        found.rescued.addAll(rescued);
        found.suspects.addAll(suspects);
        return !more;
    }

    private void evict(QueueKeys queue, Budget budget) {
        long total = 0;
        long gone;
        do {
            Call call = Call.script(
                    Script.EVICT,
                    queue,
                    queue.of(Script.EVICT),
                    List.of(
                            QueueKeys.bytes(parts.settings().dead().max()),
                            QueueKeys.bytes(parts.settings().dead().maxAge().toMillis())));
            gone = parts.exchange()
                    .run("evict the dead of queue '" + queue.queue + "'", call)
                    .number();
            total += gone;
        } while (gone > 0 && !budget.isSpent());
        parts.eviction().report(queue.queue, total);
    }

    private static List<JobId> ids(Object reply) {
        return ((List<?>) reply)
                .stream().map(id -> new JobId(Records.text((byte[]) id))).toList();
    }

    private int reroute(QueueKeys queue, String need, Budget budget) {
        int total = 0;
        while (true) {
            Call call = Call.script(
                    Script.REROUTE,
                    queue,
                    queue.of(Script.REROUTE, queue.lane(need), queue.suspectLane(need), queue.unknown(need)),
                    List.of(QueueKeys.bytes(need)));
            List<Object> reply = parts.exchange()
                    .run("route jobs of queue '" + queue.queue + "' anew", call)
                    .list();
            total += ((Long) reply.get(0)).intValue();
            if ((Long) reply.get(1) == 0 || budget.isSpent()) {
                return total;
            }
        }
    }
}
