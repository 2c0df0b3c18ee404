package io.goose.broker.jdbc;

import io.goose.job.JobId;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What is put in order from time to time: jobs whose last knowing session has gone, old marks, the surplus dead. It runs on
 * hearts, so it takes what nobody has locked and leaves the rest for the next time. Thread-safe.
 */
final class Upkeep {

    private static final long MARKS_EVERY_NANOS = Duration.ofMinutes(1).toNanos();

    /** How long old marks may keep a heart; what is left is for the next sweep. */
    private static final long MARKS_AT_ONCE_NANOS = Duration.ofMillis(500).toNanos();

    /** How many rows are cleared in one transaction. */
    static final int CHUNK = 500;

    static final String OLD_MARKS = "SELECT queue, name FROM {mark} WHERE made < ? ORDER BY made LIMIT ? {free}";

    private static final String LOCK = "SELECT 1 FROM {job} WHERE queue = ? AND id = ? {freeRow}";

    /** What sessions leave behind that end while somebody writes for them. */
    private enum Leftovers {
        NEEDS("{need}", "name"),
        ANSWERS("{settled}", "number");

        private final String find;
        private final String lock;
        private final String delete;

        Leftovers(String table, String key) {
            find = "SELECT session, " + key + " FROM " + table
                    + " WHERE session NOT IN (SELECT id FROM {session}) LIMIT ?";
            lock = "SELECT 1 FROM " + table + " WHERE session = ? AND " + key + " = ? {freeRow}";
            delete = "DELETE FROM " + table + " WHERE session = ? AND " + key + " = ?";
        }
    }

    private final Database database;
    private final Queues queues;
    private final Burials burials;
    private final Duration dedupeRetention;
    private final LongSupplier nanos;
    private final UniqueUpkeep uniques;
    private final ResultRows results;
    private volatile long marksClearedNanos;
    private volatile boolean marksAreLeft;

    /**
     * @param dedupeRetention how long marks are kept
     * @param nanos the time, as of {@link System#nanoTime}
     */
    Upkeep(Database database, Queues queues, Burials burials, Duration dedupeRetention, LongSupplier nanos) {
        this.database = database;
        this.queues = queues;
        this.burials = burials;
        this.dedupeRetention = dedupeRetention;
        this.nanos = nanos;
        this.uniques = new UniqueUpkeep(database, queues, nanos);
        this.results = new ResultRows(database, queues, nanos);
        this.marksClearedNanos = nanos.getAsLong();
    }

    private record Orphan(
            int queue,
            String name,
            JobId id,
            int crashes,
            long seq,
            @Nullable String record) {}

    /** Puts in order; returns how many jobs were rerouted. */
    int run(Consumer<String> wakeups) {
        Map<String, Integer> rerouted = database.inTransaction("reroute jobs", this::reroute);
        rerouted.keySet().forEach(wakeups);
        burials.evictChanged(database, queues);
        uniques.forgetOld();
        results.forgetOld();
        if (marksAreLeft || nanos.getAsLong() - marksClearedNanos > MARKS_EVERY_NANOS) {
            marksClearedNanos = nanos.getAsLong();
            forgetMarks();
            database.inTransaction(
                    "forget the needs of sessions that have gone", statements -> forget(statements, Leftovers.NEEDS));
            database.inTransaction(
                    "forget the answers of sessions that have gone",
                    statements -> forget(statements, Leftovers.ANSWERS));
        }
        return rerouted.values().stream().mapToInt(Integer::intValue).sum();
    }

    /** In parts, so that neither a transaction nor a beat takes long. */
    private void forgetMarks() {
        long begun = nanos.getAsLong();
        int forgotten;
        do {
            forgotten = database.inTransaction("forget old marks", this::forgetMarks);
        } while (forgotten == CHUNK && nanos.getAsLong() - begun < MARKS_AT_ONCE_NANOS);
        marksAreLeft = forgotten == CHUNK;
    }

    /** The time is a value, not an expression, or no index would be used; and what somebody has locked is left for later. */
    private int forgetMarks(Statements statements) throws SQLException {
        long oldest = statements.number("SELECT {now}{byIndex}") - dedupeRetention.toMillis();
        List<@Nullable Object[]> old = statements.query(
                OLD_MARKS, row -> new @Nullable Object[] {row.getInt(1), row.getString(2)}, oldest, CHUNK);
        statements.updateAll("DELETE FROM {mark} WHERE queue = ? AND name = ?", old);
        return old.size();
    }

    /**
     * A settle may note for a session that it has all of several needs just when that goes, or write its answers. Reads first,
     * without locks, and then deletes: what reads the newest rows of the one table may miss those of a session that opens in
     * the other.
     */
    private static int forget(Statements statements, Leftovers leftovers) throws SQLException {
        List<@Nullable Object[]> gone = statements.query(
                leftovers.find, row -> new @Nullable Object[] {row.getString(1), row.getObject(2)}, CHUNK);
        for (@Nullable Object[] key : gone) {
            if (statements.first(leftovers.lock, row -> 1, key).isPresent()) {
                statements.update(leftovers.delete, key);
            }
        }
        return gone.size();
    }

    /** Sends jobs that were routed to sessions which have all gone to the front, for anybody to ask again. */
    private Map<String, Integer> reroute(Statements statements) throws SQLException {
        List<Integer> routed = statements.query(
                "SELECT id FROM {queue} q WHERE namespace = ? AND (SELECT 1 FROM {job} j WHERE j.queue = q.id AND j.place = 0 AND"
                        + " j.lane = 1 ORDER BY j.place, j.queue, j.lane, j.seq LIMIT 1) = 1",
                row -> row.getInt(1),
                queues.namespace());
        Map<String, Integer> moved = new HashMap<>();
        for (int queue : routed) {
            List<Orphan> orphans = statements.query(
                    "SELECT j.queue, q.name, j.id, j.crashes, j.seq, j.record FROM {job} j JOIN {queue} q ON q.id = j.queue"
                            + " WHERE j.queue = ? AND j.place = 0 AND j.lane = 1 AND NOT EXISTS ("
                            + "SELECT 1 FROM {session} s JOIN {served} v ON v.session = s.id JOIN {need} n"
                            + " ON n.session = s.id JOIN {beat} b ON b.session = s.id WHERE v.queue = j.queue"
                            + " AND n.name = j.need AND s.closed = 0 AND b.expiry > {now})"
                            + " ORDER BY j.place, j.queue, j.lane, j.seq LIMIT 500",
                    row -> new Orphan(
                            row.getInt(1),
                            row.getString(2),
                            new JobId(row.getString(3)),
                            row.getInt(4),
                            row.getLong(5),
                            row.getString(6)),
                    queue);
            if (orphans.isEmpty()) {
                continue;
            }
            Step step = Step.begin(statements);
            int index = 0;
            for (Orphan orphan : orphans) {
                if (statements
                        .first(LOCK, row -> 1, orphan.queue(), orphan.id().value())
                        .isEmpty()) {
                    continue; // for the next sweep
                }
                // Somebody knew it until now. With its number it is the job that was read, not one that ran since.
                int hit = statements.update(
                        "UPDATE {job} SET lane = ?, need = NULL, seq = ?, record = ? WHERE queue = ? AND id = ? AND"
                                + " place + 0 = 0 AND lane = 1 AND seq = ?",
                        Rows.front(orphan.crashes()),
                        step.number() + index++ % Step.NUMBERS,
                        Rows.known(orphan.id(), orphan.record()),
                        orphan.queue(),
                        orphan.id().value(),
                        orphan.seq());
                moved.merge(orphan.name(), hit, Integer::sum);
            }
        }
        return moved;
    }
}
