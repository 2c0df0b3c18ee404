package io.goose.broker.redis;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Forgets old tombstones, lets go of surplus dead and delivers what a crash has left. It runs on hearts: every time it looks at each
 * queue once, a chunk of each is done, and more of it for a short while. Thread-safe.
 */
final class GuardUpkeep {

    /** How many tombstones go in one step. */
    private static final int CHUNK = 500;

    private static final Duration AT_ONCE = Duration.ofMillis(500);

    private final GuardParts parts;
    private final Effects effects;
    private final Rota rota;
    private final ReentrantLock lock = new ReentrantLock();

    GuardUpkeep(GuardParts parts, Effects effects) {
        this.parts = parts;
        this.effects = effects;
        this.rota = new Rota(parts.registry());
    }

    void run() {
        if (!lock.tryLock()) {
            return; // another thread of this process is at it
        }
        Map<String, Long> evicted = new HashMap<>();
        try {
            tidy(evicted);
        } finally {
            lock.unlock();
            evicted.forEach(parts.eviction()::report);
        }
    }

    private void tidy(Map<String, Long> evicted) {
        Budget budget = new Budget(AT_ONCE);
        @Nullable RuntimeException failure = null;
        Queue<QueueKeys> open = new ArrayDeque<>(rota.next());
        List<QueueKeys> batch = new ArrayList<>(open);
        while (!batch.isEmpty()) {
            open.clear();
            List<Answer> answers =
                    parts.exchange().run(batch.stream().map(this::call).toList());
            for (int i = 0; i < batch.size(); i++) {
                QueueKeys queue = batch.get(i);
                try {
                    if (read(queue, answers.get(i), evicted)) {
                        open.add(queue);
                    }
                } catch (RuntimeException broken) { // the others are not to wait for this one
                    failure = broken;
                }
            }
            batch = budget.isSpent() ? List.of() : List.copyOf(open);
        }
        if (failure != null) {
            throw failure;
        }
    }

    private Call call(QueueKeys queue) {
        return Call.script(
                Script.LEDGER_TIDY,
                queue,
                queue.of(Script.LEDGER_TIDY),
                List.of(
                        QueueKeys.bytes(parts.settings().dedupeRetention().toMillis()),
                        QueueKeys.bytes(parts.settings().dead().max()),
                        QueueKeys.bytes(parts.settings().dead().maxAge().toMillis()),
                        QueueKeys.bytes(CHUNK)));
    }

    /** Whether there may be more to do. */
    private boolean read(QueueKeys queue, Answer answer, Map<String, Long> evicted) {
        String what = "put queue '" + queue.queue + "' of the ledger in order";
        List<Object> reply = parts.exchange().checked(what, answer).list();
        long gone = (Long) reply.get(1);
        evicted.merge(queue.queue, gone, Long::sum);
        boolean more = (Long) reply.get(0) == CHUNK || gone > 0;
        if ((Long) reply.get(2) > 0) {
            try {
                more |= Effects.mayBeMore(effects.deliverOld(queue));
            } catch (RedisFault fault) {
                throw parts.exchange().exception(what, fault);
            }
        }
        return more;
    }
}
