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

    /** How many bytes of envelopes are sent at once; one job is sent whatever its size. */
    private static final int MOST_BYTES = 4 << 20;

    /** A row; of a large one the envelope is missing. */
    private record Kept(long seq, QueuedJob job, int bytes) {}

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
        return database.inTransaction("send what is in the outbox", statements -> {
            List<Kept> taken = fitting(statements.query(query(except), JdbcOutbox::read, values.toArray()));
            if (!taken.isEmpty()) {
                List<Kept> whole = whole(statements, target, taken);
                List<Boolean> sent = sending.apply(whole.stream().map(Kept::job).toList());
                List<@Nullable Object[]> gone = new ArrayList<>();
                for (int i = 0; i < sent.size(); i++) {
                    if (sent.get(i)) {
                        gone.add(new Object[] {key(target), whole.get(i).seq()});
                    }
                }
                statements.updateAll("DELETE FROM {outbox} WHERE target = ? AND seq = ?", gone);
            }
            return taken.size();
        });
    }

    /** What is in the outbox for a target, but for some queues; H2 takes an order from an index only if it is named whole. */
    static String query(Set<String> except) {
        return "SELECT seq, id, queue, lane, due, record, " + Rows.SMALL_ENVELOPE
                + " FROM {outbox} WHERE target = ?"
                + (except.isEmpty() ? "" : " AND queue NOT IN (?" + ", ?".repeat(except.size() - 1) + ")")
                + " ORDER BY target, seq LIMIT ? {free}";
    }

    /** The first ones, as many as may be in memory together. The others keep their locks until these have been sent. */
    private static List<Kept> fitting(List<Kept> found) {
        int count = 0;
        for (long bytes = 0; count < found.size(); count++) {
            bytes += found.get(count).bytes();
            if (count > 0 && bytes > MOST_BYTES) {
                break;
            }
        }
        return found.subList(0, count);
    }

    /** With the envelopes that are missing. Where rows are not locked, one that another relay has sent is left out. */
    private List<Kept> whole(Statements statements, String target, List<Kept> taken) throws SQLException {
        List<Kept> whole = new ArrayList<>(taken.size());
        for (Kept kept : taken) {
            QueuedJob job = kept.job();
            if (job.envelope().size() == kept.bytes()) {
                whole.add(kept);
                continue;
            }
            statements
                    .first(
                            "SELECT envelope FROM {outbox} WHERE target = ? AND seq = ?",
                            row -> EncodedEnvelope.wrap(row.getBytes(1)),
                            key(target),
                            kept.seq())
                    .map(envelope -> new QueuedJob(job.queue(), job.id(), envelope, job.state(), job.marked()))
                    .ifPresent(complete -> whole.add(new Kept(kept.seq(), complete, kept.bytes())));
        }
        return whole;
    }

    private static Kept read(ResultSet row) throws SQLException {
        JobId id = new JobId(row.getString(2));
        long due = row.getLong(5);
        Instant notBefore = row.wasNull() ? null : Instant.ofEpochMilli(due);
        DeliveryState state = Rows.decode(id, row.getString(6))
                .withLane(Rows.lane(row.getInt(4)))
                .withNotBefore(notBefore);
        byte[] envelope = row.getBytes(7);
        return new Kept(
                row.getLong(1),
                new QueuedJob(
                        row.getString(3),
                        id,
                        EncodedEnvelope.wrap(envelope == null ? new byte[0] : envelope),
                        state,
                        true),
                row.getInt(8));
    }
}
