package io.goose.broker.jdbc;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Forgets who was noted for unique keys that nobody holds any more. A job that runs to its end gives its key up by itself; what is left
 * is of jobs that were deleted, cancelled, evicted or completed in their transactions. It does no harm, and only takes room. Thread-safe.
 */
final class UniqueUpkeep {

    private static final int CHUNK = 500;
    private static final long EVERY_NANOS = Duration.ofMinutes(1).toNanos();
    private static final long AT_ONCE_NANOS = Duration.ofMillis(500).toNanos();

    // One that is dead may be replayed, and then holds its key if nobody else has it.
    private static final String SOME = "SELECT u.ukey, u.id, u.free_at, j.place FROM {unique_key} u"
            + " LEFT JOIN {job} j ON j.queue = u.queue AND j.id = u.id"
            + " WHERE u.queue = ? AND u.ukey > ? ORDER BY u.queue, u.ukey LIMIT ?";
    private static final String IS_ELSEWHERE = "SELECT 1 FROM {unique_key} u JOIN {queue} q ON q.name = u.retries"
            + " JOIN {job} j ON j.queue = q.id AND j.id = u.id"
            + " WHERE u.queue = ? AND u.ukey = ? AND q.namespace = ? AND j.place + 0 < 9";
    private static final String LOCK = "SELECT 1 FROM {unique_key} WHERE queue = ? AND ukey = ? AND id = ? {unlocked}";

    private final Database database;
    private final Queues queues;
    private final LongSupplier nanos;
    private final ReentrantLock lock = new ReentrantLock();
    private final Queue<Part> left = new ArrayDeque<>(); // under the lock
    private long begunNanos; // under the lock

    /**
     * @param nanos the time, as of {@link System#nanoTime}
     */
    UniqueUpkeep(Database database, Queues queues, LongSupplier nanos) {
        this.database = database;
        this.queues = queues;
        this.nanos = nanos;
        this.begunNanos = nanos.getAsLong();
    }

    /** The keys of a queue behind one. */
    private record Part(String queue, String after) {}

    private record Noted(String key, String id, @Nullable Long freeAt, boolean isHere) {}

    /** Cheap if it was done in the last minute, and nothing was left. */
    void forgetOld() {
        if (!lock.tryLock()) {
            return; // another thread of this process is at it
        }
        try {
            long now = nanos.getAsLong();
            if (left.isEmpty() && now - begunNanos >= EVERY_NANOS) {
                begunNanos = now;
                queues.names().forEach(queue -> left.add(new Part(queue, "")));
            }
            for (Part part = left.poll(); part != null; part = next(now)) {
                Part rest = forget(part);
                if (rest != null) {
                    left.add(rest); // behind the others
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Part next(long begun) {
        return nanos.getAsLong() - begun < AT_ONCE_NANOS ? left.poll() : null;
    }

    private @Nullable Part forget(Part part) {
        Integer number = queues.existing(part.queue());
        if (number == null) {
            return null;
        }
        List<Noted> some = database.inTransaction(
                "forget unique keys of queue '" + part.queue() + "'",
                statements -> forget(statements, number, part.after()));
        return some.size() < CHUNK
                ? null
                : new Part(part.queue(), some.get(some.size() - 1).key());
    }

    private List<Noted> forget(Statements statements, int queue, String after) throws SQLException {
        long now = statements.number("SELECT {now}{byIndex}");
        List<Noted> some = statements.query(
                SOME,
                row -> {
                    long freeAt = row.getLong(3);
                    Long time = row.wasNull() ? null : freeAt;
                    int place = row.getInt(4);
                    return new Noted(row.getString(1), row.getString(2), time, !row.wasNull() && place < Rows.GONE);
                },
                queue,
                after,
                CHUNK);
        for (Noted noted : some) {
            if (isOver(statements, queue, noted, now)
                    && statements
                            .first(LOCK, row -> 1, queue, noted.key(), noted.id())
                            .isPresent()) {
                statements.update(
                        "DELETE FROM {unique_key} WHERE queue = ? AND ukey = ? AND id = ?",
                        queue,
                        noted.key(),
                        noted.id());
            }
        }
        return some;
    }

    private boolean isOver(Statements statements, int queue, Noted noted, long now) throws SQLException {
        Long freeAt = noted.freeAt();
        if (freeAt != null) {
            return freeAt <= now;
        }
        return !noted.isHere()
                && statements
                        .first(IS_ELSEWHERE, row -> 1, queue, noted.key(), queues.namespace())
                        .isEmpty();
    }
}
