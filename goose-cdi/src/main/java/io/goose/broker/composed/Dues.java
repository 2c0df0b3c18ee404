package io.goose.broker.composed;

import io.goose.spi.GuardedLedger.Due;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What the ledger said last of when something is due, for one session. While the transport has jobs, an answer that nothing is
 * due is believed for a moment, so that a job is not held up by a question each time. Thread-safe.
 */
final class Dues {

    /** Half of the second within which a session that has nothing to do sees what another process has changed. */
    private static final long BELIEVED_NANOS = Duration.ofMillis(500).toNanos();

    private static final Duration FAR = Duration.ofDays(1);

    private final LongSupplier nanoTime;
    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    private final AtomicLong changes = new AtomicLong();

    /**
     * @param nanoTime in place of {@link System#nanoTime}
     */
    Dues(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /**
     * @param asked when
     * @param due when the next is; null for far away
     * @param changes how often something had changed before it was asked
     * @param isIdle whether nothing was due and the queue is not paused
     */
    private record Answer(long asked, @Nullable Long due, long changes, boolean isIdle) {}

    /** To be read before the ledger is asked. */
    long changes() {
        return changes.get();
    }

    /** Something was put into the ledger, a queue was paused or resumed: what was said before is not to be believed. */
    void changed() {
        changes.incrementAndGet();
    }

    /**
     * @param before {@link #changes} of before the ledger was asked
     */
    void answered(String queue, Due due, long before) {
        long now = nanoTime.getAsLong();
        Duration next = due.untilNext();
        @Nullable Long at = next == null || next.compareTo(FAR) > 0 ? null : now + next.toNanos();
        boolean isIdle = due.taken().isEmpty() && !due.paused();
        answers.put(queue, new Answer(now, at, before, isIdle));
    }

    /** Whether nothing of the queue is due now, as far as is known. */
    boolean areNone(String queue) {
        Answer answer = answers.get(queue);
        long now = nanoTime.getAsLong();
        return answer != null
                && answer.isIdle
                && answer.changes == changes.get()
                && now - answer.asked < BELIEVED_NANOS
                && (answer.due == null || answer.due - now > 0);
    }

    /** How long until the next of this queue is due; null if none is known. */
    @Nullable Duration untilNext(String queue) {
        Answer answer = answers.get(queue);
        return answer == null || answer.due == null ? null : left(answer.due);
    }

    /** How long until the next of any queue is due, at most the given time. */
    Duration untilNext(Duration most) {
        Duration least = most;
        for (Answer answer : answers.values()) {
            if (answer.due != null && left(answer.due).compareTo(least) < 0) {
                least = left(answer.due);
            }
        }
        return least;
    }

    private Duration left(long due) {
        return Duration.ofNanos(Math.max(0, due - nanoTime.getAsLong()));
    }
}
