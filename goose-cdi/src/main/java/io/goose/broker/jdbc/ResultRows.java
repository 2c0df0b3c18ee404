package io.goose.broker.jdbc;

import io.goose.job.JobId;
import io.goose.job.JobResult;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** What is kept of jobs that have ended. Thread-safe. */
final class ResultRows {

    private static final int CHUNK = 500;
    private static final long EVERY_NANOS = Duration.ofMinutes(1).toNanos();
    private static final long AT_ONCE_NANOS = Duration.ofMillis(500).toNanos();

    static final String OLD = "SELECT queue, id FROM {result} WHERE gone_at < ? ORDER BY gone_at LIMIT ? {free}";

    private final Database database;
    private final Queues queues;
    private final LongSupplier nanos;
    private final AtomicLong begunNanos;

    /**
     * @param nanos the time, as of {@link System#nanoTime}
     */
    ResultRows(Database database, Queues queues, LongSupplier nanos) {
        this.database = database;
        this.queues = queues;
        this.nanos = nanos;
        this.begunNanos = new AtomicLong(nanos.getAsLong());
    }

    /** Keeps it, instead of what was kept of a job with this id. */
    static void put(Statements statements, int queue, JobId id, JobResult result, Duration keep) throws SQLException {
        statements.update("DELETE FROM {result} WHERE queue = ? AND id = ?", queue, id.value());
        statements.update(
                "INSERT INTO {result} (queue, id, gone_at, content) VALUES (?, ?, {now} + ?, ?)",
                queue,
                id.value(),
                Math.max(1, keep.toMillis()),
                Texts.clean(result.encode()));
    }

    Optional<JobResult> find(String queue, JobId id) {
        Integer number = queues.existing(queue);
        return number == null
                ? Optional.empty()
                : database.inTransaction(
                                "look for the result of job " + id,
                                statements -> statements.first(
                                        "SELECT content FROM {result} WHERE queue = ? AND id = ? AND gone_at > {now}",
                                        row -> row.getString(1),
                                        number,
                                        id.value()))
                        .map(JobResult::decode);
    }

    /** Forgets those whose time is over. Cheap if it was done in the last minute. */
    void forgetOld() {
        long begun = nanos.getAsLong();
        long last = begunNanos.get();
        if (begun - last < EVERY_NANOS || !begunNanos.compareAndSet(last, begun)) {
            return;
        }
        int forgotten;
        do {
            forgotten = database.inTransaction("forget old results", ResultRows::forget);
        } while (forgotten == CHUNK && nanos.getAsLong() - begun < AT_ONCE_NANOS);
    }

    /** The time is a value, not an expression, or no index would be used. */
    private static int forget(Statements statements) throws SQLException {
        long now = statements.number("SELECT {now}{byIndex}");
        List<@Nullable Object[]> old =
                statements.query(OLD, row -> new @Nullable Object[] {row.getInt(1), row.getString(2), now}, now, CHUNK);
        statements.updateAll("DELETE FROM {result} WHERE queue = ? AND id = ? AND gone_at < ?", old);
        return old.size();
    }
}
