package io.goose.broker.redis;

import io.goose.GooseException;
import io.goose.broker.redis.SettleCall.Writer;
import io.goose.broker.redis.Standing.Held;
import io.goose.broker.redis.Standing.Settled;
import io.goose.spi.Effect;
import io.goose.spi.Lease;
import io.goose.spi.Outcome;
import io.goose.spi.Settlement;
import io.goose.spi.Verdict;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Applies outcomes, in calls of bounded size, and gives leases back. */
final class Settling {

    private static final Logger LOG = System.getLogger(Settling.class.getPackageName());
    private static final int MOST = 500;
    private static final int MOST_BYTES = 1 << 20;

    private final Exchange exchange;
    private final Writer writer;
    private final Effects effects;
    private final Eviction eviction;
    private final Standings standings;
    private final Consumer<Held> ended;

    /**
     * @param standings the session's standings with its queues
     * @param ended called for each lease that the session has no more
     */
    Settling(RedisParts parts, Standings standings, Consumer<Held> ended) {
        this.exchange = parts.exchange();
        this.writer = parts.writer();
        this.effects = parts.effects();
        this.eviction = parts.eviction();
        this.standings = standings;
        this.ended = ended;
    }

    List<Verdict> settle(List<Settlement> settlements) {
        Map<String, List<Settlement>> byQueue = new LinkedHashMap<>();
        for (Settlement settlement : settlements) {
            byQueue.computeIfAbsent(settlement.lease().job().queue(), queue -> new ArrayList<>())
                    .add(settlement);
        }
        GooseException failure = null;
        for (Map.Entry<String, List<Settlement>> part : byQueue.entrySet()) {
            Standing standing = standings.existing(part.getKey());
            try {
                if (standing != null) {
                    settle(standing, part.getValue());
                }
            } catch (GooseException broken) { // the outcomes of the other queues are not to wait for this one
                failure = broken;
            }
        }
        if (failure != null) {
            throw failure;
        }
        Map<String, Map<String, Settled>> settled = new HashMap<>();
        byQueue.keySet().forEach(queue -> settled.put(queue, take(standings.existing(queue))));
        List<Verdict> verdicts = new ArrayList<>(settlements.size());
        for (Settlement settlement : settlements) {
            Map<String, Settled> queue =
                    settled.getOrDefault(settlement.lease().job().queue(), Map.of());
            Settled found = queue.get(settlement.lease().job().id().value());
            if (found != null && found.token() == settlement.lease().token()) {
                verdicts.add(found.verdict());
                queue.remove(settlement.lease().job().id().value()); // of two for the same lease the second is stale
            } else {
                verdicts.add(Verdict.STALE);
            }
        }
        return verdicts;
    }

    /** All queues have answered: the verdicts are handed out and need not be kept for a repetition any more. */
    private static Map<String, Settled> take(@Nullable Standing standing) {
        if (standing == null) {
            return new HashMap<>();
        }
        standing.settleLock.lock();
        try {
            Map<String, Settled> taken = standing.verdicts;
            standing.verdicts = new HashMap<>();
            return taken;
        } finally {
            standing.settleLock.unlock();
        }
    }

    private void settle(Standing standing, List<Settlement> settlements) {
        standing.settleLock.lock();
        try {
            finishOpen(standing);
            Map<String, Settlement> once = new LinkedHashMap<>();
            for (Settlement settlement : settlements) {
                Lease lease = settlement.lease();
                Settled before = standing.verdicts.get(lease.job().id().value());
                boolean answered = before != null && before.token() == lease.token();
                if (!answered && standing.held(lease) != null) {
                    once.putIfAbsent(lease.job().id().value(), settlement);
                }
            }
            List<Settlement> part = new ArrayList<>(Math.min(MOST, once.size()));
            long bytes = 0;
            for (Settlement settlement : once.values()) {
                long size = size(settlement);
                if (part.size() == MOST || (!part.isEmpty() && bytes + size > MOST_BYTES)) {
                    apply(standing, part);
                    part = new ArrayList<>();
                    bytes = 0;
                }
                part.add(settlement);
                bytes += size;
            }
            if (!part.isEmpty()) {
                apply(standing, part);
            }
        } finally {
            standing.settleLock.unlock();
        }
    }

    private static long size(Settlement settlement) {
        boolean withRecord =
                settlement.outcome() instanceof Outcome.Retry || settlement.outcome() instanceof Outcome.Dead;
        long size = withRecord ? 16_384 : 256; // a record is at most that, a reason is a sentence
        for (Effect effect : settlement.effects()) {
            if (effect instanceof Effect.Enqueue enqueue) {
                size += enqueue.job().envelope().size();
            } else if (effect instanceof Effect.PutResult put) {
                size += put.result().value().toString().length();
            }
        }
        return size;
    }

    private void apply(Standing standing, List<Settlement> part) {
        List<Held> held = new ArrayList<>(part.size());
        List<Settlement> ours = new ArrayList<>(part.size());
        for (Settlement settlement : part) {
            Held one = standing.held(settlement.lease());
            if (one != null) { // else a beat has found meanwhile that it is lost
                held.add(one);
                ours.add(settlement);
            }
        }
        if (!held.isEmpty()) {
            standing.openSettle = writer.settle(standing, ++standing.settles, ours, held);
            finishOpen(standing);
        }
    }

    /** Asks for the answer of the last settle until there is one. Called with the settle lock held. */
    private void finishOpen(Standing standing) {
        SettleCall open = standing.openSettle;
        if (open == null) {
            return;
        }
        Answer answer = exchange.run("settle jobs of queue '" + standing.queue.queue + "'", open.call());
        if (answer.value() instanceof byte[] letters && letters.length == 1 && letters[0] == 'M') {
            standing.limited = true; // the fast call did nothing
            standing.openSettle = writer.wholeDone(standing, open);
            finishOpen(standing);
            return;
        }
        standing.openSettle = null;
        read(standing, open, answer, true);
    }

    private void read(Standing standing, SettleCall call, Answer answer, boolean verdicts) {
        byte[] letters;
        if (answer.value() instanceof byte[] fast) {
            letters = fast;
        } else {
            List<Object> reply = answer.list();
            letters = (byte[]) reply.get(0);
            List<?> recorded = (List<?>) reply.get(1);
            if (!recorded.isEmpty()) {
                effects.deliver(standing.queue, recorded);
            }
            eviction.report(standing.queue.queue, (Long) reply.get(2));
        }
        int stale = 0;
        for (int i = 0; i < letters.length; i++) {
            Held one = call.held().get(i);
            boolean applied = letters[i] == 'A';
            stale += applied ? 0 : 1;
            if (verdicts) {
                standing.verdicts.put(
                        one.lease().job().id().value(),
                        new Settled(one.lease().token(), applied ? Verdict.APPLIED : Verdict.STALE));
            }
            // A return of what was lost already does not hide from the next beat that it was lost.
            if ((verdicts || applied)
                    && standing.held.remove(one.lease().job().id().value(), one)) {
                ended.accept(one);
            }
        }
        if (stale > 0) {
            LOG.log(Level.DEBUG, "{0} leases of queue {1} were stale", stale, standing.queue.queue);
        }
    }

    void giveBack(List<Lease> leases) {
        Map<String, List<Lease>> byQueue = new LinkedHashMap<>();
        leases.forEach(lease -> byQueue.computeIfAbsent(lease.job().queue(), queue -> new ArrayList<>())
                .add(lease));
        byQueue.forEach((queue, part) -> {
            Standing standing = standings.existing(queue);
            if (standing != null) {
                giveBack(standing, part);
            }
        });
    }

    private void giveBack(Standing standing, List<Lease> leases) {
        standing.settleLock.lock();
        try {
            List<Held> held = new ArrayList<>();
            for (Lease lease : leases) {
                Held one = standing.held(lease);
                if (one != null) {
                    held.add(one);
                }
            }
            for (int end = held.size(); end > 0; end -= MOST) { // the last ones first: what comes later goes before it
                List<Held> part = held.subList(Math.max(0, end - MOST), end);
                SettleCall call = writer.giveBack(standing, part);
                Answer answer = exchange.run("give jobs of queue '" + standing.queue.queue + "' back", call.call());
                read(standing, call, answer, false);
            }
        } finally {
            standing.settleLock.unlock();
        }
    }
}
