package io.goose.broker.redis;

import io.goose.GooseException;
import io.goose.job.JobId;
import io.goose.spi.SessionSpec;
import io.goose.spi.Sweep;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Puts in order what others left, in all queues. A session counts as dead only if it was expired when this one had beaten well,
 * and again when it had beaten well at least a heartbeat later, with no failed beat between: an outage, in which nobody could
 * beat, rescues nobody alive. Thread-safe.
 */
final class Sweeper {

    /** A job that was running when this many workers died, in the end alone among suspects, is buried. */
    private static final int CRASHES_TO_BURY = 3;

    private final RedisParts parts;
    private final SessionSpec spec;
    private final Standings standings;
    private final byte[] wakePrefix;
    private final ReentrantLock lock = new ReentrantLock();

    // guarded by lock
    private long beats;
    private long lastBeat;
    private Map<String, Seen> expired = new HashMap<>();

    /** When a session was first seen expired: at which beat, by nanoTime. */
    private record Seen(long beat, long at) {}

    Sweeper(RedisParts parts, SessionSpec spec, Standings standings) {
        this.parts = parts;
        this.spec = spec;
        this.standings = standings;
        this.wakePrefix = QueueKeys.bytes(parts.registry().wakePrefix());
    }

    /** A beat went well. */
    void beat() {
        lock.lock();
        try {
            beats++;
            lastBeat = System.nanoTime();
        } finally {
            lock.unlock();
        }
    }

    /** A beat did not go well, or this session was itself taken for dead: what was seen before counts no more. */
    void forget() {
        lock.lock();
        try {
            expired.clear();
        } finally {
            lock.unlock();
        }
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
            Map<String, Seen> seenNow = new HashMap<>();
            @Nullable GooseException failure = null;
            List<QueueKeys> queues = parts.registry().queues().stream()
                    .map(parts.registry()::keys)
                    .toList();
            List<byte[]> retention = List.of(
                    QueueKeys.bytes(parts.settings().dead().max()),
                    QueueKeys.bytes(parts.settings().dead().maxAge().toMillis()));
            List<Answer> answers = parts.exchange()
                    .run(queues.stream()
                            .map(queue -> Call.script(Script.LOOK, queue, queue.of(Script.LOOK), retention))
                            .toList());
            for (int i = 0; i < queues.size(); i++) {
                try {
                    Answer answer =
                            parts.exchange().checked("look after queue '" + queues.get(i).queue + "'", answers.get(i));
                    order(queues.get(i), answer.list(), seenNow, found);
                } catch (GooseException broken) { // the other queues are not to wait for this one
                    failure = broken;
                }
            }
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

    private void order(QueueKeys queue, List<Object> look, Map<String, Seen> seenNow, Found found) {
        for (Object name : (List<?>) look.get(0)) {
            String session = Records.text((byte[]) name);
            if (session.startsWith(standings.channel())) {
                continue;
            }
            String key = queue.queue + '/' + session;
            Seen first = expired.getOrDefault(key, new Seen(beats, lastBeat));
            if (beats > first.beat && lastBeat - first.at >= spec.heartbeat().toNanos()) {
                rescue(queue, session, found);
            } else {
                seenNow.put(key, first);
            }
        }
        Set<String> unknown = new HashSet<>();
        for (Object need : (List<?>) look.get(1)) {
            unknown.add(Records.text((byte[]) need));
        }
        unknown.removeIf(
                need -> spec.announced().contains(need) && spec.queues().contains(queue.queue));
        unknown.forEach(need -> found.rerouted += reroute(queue, need));
        if (Long.valueOf(1).equals(look.get(2))) {
            try {
                found.effects += parts.effects().deliverOld(queue);
            } catch (RedisFault fault) {
                throw parts.exchange().exception("deliver the effects of queue '" + queue.queue + "'", fault);
            }
        }
        if (Long.valueOf(1).equals(look.get(4))) {
            evict(queue);
        }
        if (spec.queues().contains(queue.queue)) {
            standings.adopt(queue, (List<?>) look.get(3));
        }
    }

    private void rescue(QueueKeys queue, String session, Found found) {
        List<JobId> rescued = new ArrayList<>();
        List<JobId> suspects = new ArrayList<>();
        boolean more = true;
        while (more) { // the youngest leases come first
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
            Eviction.report(queue.queue, (Long) reply.get(4), parts.settings().dead());
        }
        found.rescued.addAll(rescued);
        found.suspects.addAll(suspects);
    }

    private void evict(QueueKeys queue) {
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
        } while (gone > 0);
        Eviction.report(queue.queue, total, parts.settings().dead());
    }

    private static List<JobId> ids(Object reply) {
        return ((List<?>) reply)
                .stream().map(id -> new JobId(Records.text((byte[]) id))).toList();
    }

    private int reroute(QueueKeys queue, String need) {
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
            if ((Long) reply.get(1) == 0) {
                return total;
            }
        }
    }
}
