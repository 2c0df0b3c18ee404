package io.goose.broker.jdbc;

import io.goose.job.BatchId;
import io.goose.job.BatchState;
import io.goose.job.BatchStatus;
import io.goose.spi.BatchLedger.Kept;
import io.goose.spi.MemberState;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A batch as it is in its row, which this transaction has locked where it is changed. Confined to that transaction. */
final class BatchRow {

    static final String COLUMNS =
            "id, queue, queues, linger, created, completed, state, sealed, asked, total, retrying,"
                    + " success, dead, cancelled";

    final BatchId id;
    final String queue;
    final long lingerMillis;
    private final long created;
    private final int[] counts = new int[MemberState.values().length];
    final Set<String> queues;
    BatchState state;
    boolean sealed;
    private int asked; // 0 if it is not cancelled, 1 if it is, 2 if it had not been made whole then
    int total;

    @Nullable Long completed;

    private BatchRow(ResultSet row) throws SQLException {
        id = new BatchId(row.getString(1));
        queue = row.getString(2);
        queues = new LinkedHashSet<>(List.of(row.getString(3).split("\n", -1)));
        queues.remove("");
        lingerMillis = row.getLong(4);
        created = row.getLong(5);
        long millis = row.getLong(6);
        completed = row.wasNull() ? null : millis;
        state = BatchState.of(row.getString(7));
        sealed = row.getInt(8) == 1;
        asked = row.getInt(9);
        total = row.getInt(10);
        for (int i = 1; i < counts.length; i++) { // those that are only enqueued are the rest
            counts[i] = row.getInt(10 + i);
        }
    }

    static BatchRow read(ResultSet row) throws SQLException {
        return new BatchRow(row);
    }

    void count(MemberState was, MemberState is) {
        counts[was.code()]--;
        counts[is.code()]++;
    }

    private int count(MemberState one) {
        return counts[one.code()];
    }

    boolean isCancelled() {
        return asked > 0;
    }

    /** Notes that it is cancelled; if it has not been made whole, it ends as that whatever its members do. */
    void cancel() {
        asked = sealed ? Math.max(asked, 1) : 2;
        sealed = true;
    }

    /** Completes the batch if it has ended just now; whether it has. */
    boolean complete(long nowMillis) {
        int ended = count(MemberState.SUCCESS) + count(MemberState.DEAD) + count(MemberState.CANCELLED);
        if (completed != null || !sealed || ended < total) {
            return false;
        }
        completed = nowMillis;
        state = asked == 2
                ? BatchState.CANCELLED
                : BatchState.ended(
                        count(MemberState.SUCCESS),
                        count(MemberState.DEAD),
                        count(MemberState.CANCELLED),
                        isCancelled());
        return true;
    }

    void store(Statements statements) throws SQLException {
        statements.update(
                "UPDATE {batch} SET queues = ?, completed = ?, gone = ?, state = ?, sealed = ?, asked = ?, total = ?,"
                        + " retrying = ?, success = ?, dead = ?, cancelled = ? WHERE id = ?",
                String.join("\n", queues),
                completed,
                completed == null ? null : completed + lingerMillis,
                state.text(),
                sealed ? 1 : 0,
                asked,
                total,
                count(MemberState.RETRYING),
                count(MemberState.SUCCESS),
                count(MemberState.DEAD),
                count(MemberState.CANCELLED),
                id.value());
    }

    Kept kept() {
        BatchStatus.Counts now = new BatchStatus.Counts(
                total,
                count(MemberState.RETRYING),
                count(MemberState.SUCCESS),
                count(MemberState.DEAD),
                count(MemberState.CANCELLED));
        BatchStatus status = new BatchStatus(
                id,
                queue,
                state,
                sealed,
                now,
                Instant.ofEpochMilli(created),
                completed == null ? null : Instant.ofEpochMilli(completed));
        return new Kept(status, isCancelled(), queues);
    }
}
