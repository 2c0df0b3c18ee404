package io.goose.broker.jdbc;

import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Forgets jobs of a ledger that have been over for long enough. It runs on hearts, so it takes what nobody has locked, and leaves
 * for the next time what it cannot do in a short one. Thread-safe.
 */
final class Tombstones {

    /** How many rows are cleared in one transaction. */
    static final int CHUNK = 500;

    /** Written so that only the primary key can be used, or each part would look through all that is old. */
    private static final String DELETE = "DELETE FROM {job} WHERE queue = ? AND place + 0 IN (9, 10) AND due + 0 < ?"
            + " AND id IN (?" + ", ?".repeat(CHUNK - 1) + ")";

    private static final long EVERY_NANOS = Duration.ofMinutes(1).toNanos();
    private static final long AT_ONCE_NANOS = Duration.ofMillis(500).toNanos();

    private final Database database;
    private final Queues queues;
    private final Duration retention;
    private final LongSupplier nanos;
    private final ReentrantLock lock = new ReentrantLock();
    private final Queue<Part> left = new ArrayDeque<>(); // under the lock
    private long begunNanos; // under the lock

    /**
     * @param retention how long they stay
     * @param nanos the time, as of {@link System#nanoTime}
     */
    Tombstones(Database database, Queues queues, Duration retention, LongSupplier nanos) {
        this.database = database;
        this.queues = queues;
        this.retention = retention;
        this.nanos = nanos;
        this.begunNanos = nanos.getAsLong() - EVERY_NANOS;
    }

    /**
     * Which are old: of one place, as an index gives those in their order, and with its number in the statement, or an index of
     * some places is not used.
     */
    static String old(int place) {
        return "SELECT id FROM {job} WHERE queue = ? AND place = " + place
                + " AND due < ? ORDER BY due, seq LIMIT ? {free}";
    }

    /** What is looked through by one query. */
    private record Part(String queue, int place) {}

    /** Cheap if it was done in the last minute, and nothing was left. */
    void forgetOld() {
        if (!lock.tryLock()) {
            return; // another thread of this process is at it
        }
        try {
            long now = nanos.getAsLong();
            if (left.isEmpty() && now - begunNanos >= EVERY_NANOS) {
                begunNanos = now;
                for (String queue : queues.names()) {
                    left.add(new Part(queue, Rows.GONE));
                    left.add(new Part(queue, Rows.NOTED));
                }
            }
            for (Part part = left.poll(); part != null; part = next(now)) {
                if (forget(part) == CHUNK) {
                    left.add(part); // behind the others
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private @Nullable Part next(long begun) {
        return nanos.getAsLong() - begun < AT_ONCE_NANOS ? left.poll() : null;
    }

    private int forget(Part part) {
        Integer number = queues.existing(part.queue());
        return number == null
                ? 0
                : database.inTransaction(
                        "forget old tombstones of queue '" + part.queue() + "'",
                        statements -> forget(statements, number, part.place()));
    }

    /** The time is a value, not an expression, or no index would be used. */
    private int forget(Statements statements, int queue, int place) throws SQLException {
        long oldest = statements.number("SELECT {now}{byIndex}") - retention.toMillis();
        List<String> old = statements.query(old(place), row -> row.getString(1), queue, oldest, CHUNK);
        if (!old.isEmpty()) {
            // Always as many ids, so that there is one statement; and with the time, for where nothing was locked.
            List<@Nullable Object> values = new ArrayList<>();
            values.add(queue);
            values.add(oldest);
            values.addAll(old);
            values.addAll(Collections.nCopies(CHUNK - old.size(), old.get(0)));
            statements.update(DELETE, values.toArray());
        }
        return old.size();
    }
}
