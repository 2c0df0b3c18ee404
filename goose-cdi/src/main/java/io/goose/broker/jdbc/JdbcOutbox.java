package io.goose.broker.jdbc;

import io.goose.job.DeliveryState;
import io.goose.job.EncodedEnvelope;
import io.goose.job.JobId;
import io.goose.job.Lane;
import io.goose.job.QueuedJob;
import io.goose.spi.Outbox;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Jobs for other brokers, in a table. A relay holds the locks of the rows that it sends, so that another takes other rows and a
 * dead one holds nothing. On H2, which skips no locked rows, two relays may send the same; who receives it knows that.
 * Thread-safe.
 */
final class JdbcOutbox implements Outbox {

    private static final String INSERT = "INSERT INTO {outbox} (target, seq, id, queue, lane, due, record, envelope)"
            + " VALUES (?, ?, ?, ?, ?, ?, ?, ?)";

    private final Database database;
    private final String namespace;

    JdbcOutbox(Database database, String namespace) {
        this.database = database;
        this.namespace = namespace;
    }

    private record Kept(long seq, QueuedJob job) {}

    private String key(String target) {
        return namespace + "/" + target;
    }

    @Override
    public void write(String target, List<QueuedJob> jobs) {
        database.inCallersTransaction(
                "write " + jobs.size() + " jobs for broker '" + target + "' into the outbox", false, statements -> {
                    Step step = Step.inCallersTransaction(statements);
                    List<@Nullable Object[]> values = new ArrayList<>(jobs.size());
                    for (QueuedJob job : jobs) {
                        values.add(row(key(target), step.number() + values.size(), job));
                    }
                    statements.insertAll(INSERT, values);
                    return values.size();
                });
    }

    private static @Nullable Object[] row(String target, long seq, QueuedJob job) {
        DeliveryState state = job.state();
        Instant notBefore = state.notBefore();
        return new @Nullable Object[] {
            target,
            seq,
            job.id().value(),
            job.queue(),
            state.lane() == Lane.BACK ? Rows.BACK : Rows.FRONT,
            notBefore == null ? null : notBefore.toEpochMilli(),
            Rows.encode(state),
            job.envelope().bytes()
        };
    }

    @Override
    public int relay(String target, Set<String> except, int most, Function<List<QueuedJob>, List<Boolean>> sending) {
        List<Object> values = new ArrayList<>();
        values.add(key(target));
        values.addAll(except);
        values.add(most);
        String query = "SELECT seq, id, queue, lane, due, record, envelope FROM {outbox} WHERE target = ?"
                + (except.isEmpty() ? "" : " AND queue NOT IN (?" + ", ?".repeat(except.size() - 1) + ")")
                + " ORDER BY seq LIMIT ? {free}";
        return database.inTransaction("send what is in the outbox", statements -> {
            List<Kept> taken = statements.query(query, this::read, values.toArray());
            if (!taken.isEmpty()) {
                List<Boolean> sent = sending.apply(taken.stream().map(Kept::job).toList());
                List<@Nullable Object[]> gone = new ArrayList<>();
                for (int i = 0; i < taken.size(); i++) {
                    if (sent.get(i)) {
                        gone.add(new Object[] {key(target), taken.get(i).seq()});
                    }
                }
                statements.updateAll("DELETE FROM {outbox} WHERE target = ? AND seq = ?", gone);
            }
            return taken.size();
        });
    }

    private Kept read(ResultSet row) throws SQLException {
        JobId id = new JobId(row.getString(2));
        long due = row.getLong(5);
        Instant notBefore = row.wasNull() ? null : Instant.ofEpochMilli(due);
        DeliveryState state = Rows.decode(id, row.getString(6))
                .withLane(Rows.lane(row.getInt(4)))
                .withNotBefore(notBefore);
        return new Kept(
                row.getLong(1),
                new QueuedJob(row.getString(3), id, EncodedEnvelope.wrap(row.getBytes(7)), state, true));
    }
}
