package io.goose.broker.jdbc;

import io.goose.job.JobId;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What is put in order from time to time: jobs whose last knowing session has gone, old marks, the surplus dead. */
final class Upkeep {

    private static final long MARKS_EVERY_NANOS = Duration.ofMinutes(1).toNanos();

    private final Database database;
    private final Queues queues;
    private final Burials burials;
    private final Duration dedupeRetention;
    private volatile long marksClearedNanos = System.nanoTime();

    Upkeep(Database database, Queues queues, Burials burials, Duration dedupeRetention) {
        this.database = database;
        this.queues = queues;
        this.burials = burials;
        this.dedupeRetention = dedupeRetention;
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
        if (System.nanoTime() - marksClearedNanos > MARKS_EVERY_NANOS) {
            marksClearedNanos = System.nanoTime();
            database.inTransaction(
                    "forget old marks",
                    statements ->
                            statements.update("DELETE FROM {mark} WHERE made < {now} - ?", dedupeRetention.toMillis()));
            database.inTransaction("forget the needs of sessions that have gone", Upkeep::forgetNeeds);
            database.inTransaction(
                    "forget the answers of sessions that have gone",
                    statements ->
                            statements.update("DELETE FROM {settled} WHERE session NOT IN (SELECT id FROM {session})"));
        }
        return rerouted.values().stream().mapToInt(Integer::intValue).sum();
    }

    /**
     * A settle may note for a session that it has all of several needs just when that goes. Reads first and then deletes: a
     * delete reads the newest rows of the one table, and may miss those of a session that opens in the other.
     */
    private static int forgetNeeds(Statements statements) throws SQLException {
        List<String> gone = statements.query(
                "SELECT DISTINCT session FROM {need} WHERE session NOT IN (SELECT id FROM {session})",
                row -> row.getString(1));
        for (String session : gone) {
            statements.update("DELETE FROM {need} WHERE session = ?", session);
        }
        return gone.size();
    }

    /** Sends jobs that were routed to sessions which have all gone to the front, for anybody to ask again. */
    private Map<String, Integer> reroute(Statements statements) throws SQLException {
        List<Integer> routed = statements.query(
                "SELECT id FROM {queue} q WHERE namespace = ? AND EXISTS (SELECT 1 FROM {job} j WHERE j.queue = q.id AND j.place = 0 AND"
                        + " j.lane = 1)",
                row -> row.getInt(1),
                queues.namespace());
        Map<String, Integer> moved = new HashMap<>();
        for (int queue : routed) {
            List<Orphan> orphans = statements.query(
                    "SELECT j.queue, q.name, j.id, j.crashes, j.seq, j.record FROM {job} j JOIN {queue} q ON q.id = j.queue"
                            + " WHERE j.queue = ? AND j.place = 0 AND j.lane = 1 AND NOT EXISTS ("
                            + "SELECT 1 FROM {session} s JOIN {served} v ON v.session = s.id JOIN {need} n"
                            + " ON n.session = s.id WHERE v.queue = j.queue AND n.name = j.need AND s.closed = 0"
                            + " AND s.expiry > {now}) ORDER BY j.seq LIMIT 500",
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
                // Somebody knew it until now. With its number it is the job that was read, not one that ran since.
                int hit = statements.update(
                        "UPDATE {job} SET lane = ?, need = NULL, seq = ?, record = ? WHERE queue = ? AND id = ? AND"
                                + " place = 0 AND lane = 1 AND seq = ?",
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
