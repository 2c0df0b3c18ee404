package io.goose.broker.jdbc;

import io.goose.job.DeliveryState;
import io.goose.job.DeliveryStateCodec;
import io.goose.job.EncodedEnvelope;
import io.goose.job.JobId;
import io.goose.job.Lane;
import io.goose.job.QueuedJob;
import java.lang.System.Logger.Level;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Between a row and a job. What a claim goes by has columns of its own: place, lane, due time and crashes; the rest of the
 * record is one text, and none at all for a job that was never run. Thread-safe.
 */
final class Rows {

    static final int WAITING = 0;
    static final int RUNNING = 1;
    static final int SCHEDULED = 2;
    static final int DEAD = 3;
    static final int PARKED = 4;
    static final int SCHEDULED_NEEDY = 5;
    static final int PARKED_NEEDY = 6;

    // Of jobs that are kept for a transport: it has them, one of its sessions runs them, they are over, they never were
    // here.
    static final int SENT = 7;
    static final int BEGUN = 8;
    static final int GONE = 9;
    static final int NOTED = 10;

    static final int SUSPECTS = 0;
    static final int ROUTED = 1;
    static final int FRONT = 2;
    static final int BACK = 3;

    /** What waits under a key, in a queue with limits. */
    static final int KEYED = 4;

    /** An envelope up to this size is read with its row; most are much smaller. */
    static final int SMALL_BYTES = 8192;

    /** An envelope if it is small, else null. */
    static final String SMALL_ENVELOPE =
            "CASE WHEN OCTET_LENGTH(envelope) <= " + SMALL_BYTES + " THEN envelope END, OCTET_LENGTH(envelope)";

    private static final String HEAD = "id, place, lane, seq, due, crashes, need, note, token, record, {address}, ";

    /** What a job is read from. */
    static final String COLUMNS = HEAD + "envelope, 0";

    /** The same where more rows are read than are used: large envelopes are missing. */
    static final String LIGHT = HEAD + SMALL_ENVELOPE;

    /** The same where nobody looks at the envelope, which is missing. */
    static final String BARE = HEAD + "NULL, 0";

    private static final EncodedEnvelope MISSING = EncodedEnvelope.wrap(new byte[0]);

    private static final System.Logger LOG = System.getLogger(Rows.class.getPackageName());

    private static final DeliveryStateCodec CODEC = new DeliveryStateCodec();

    /**
     * A stored job.
     *
     * @param due when it is to run, or when it died; epoch milliseconds of the database's clock
     * @param bytes the size of the envelope where it may be missing, else 0
     * @param address where the row lies, for as long as it is locked; null where the database does not tell
     * @param need what a session must announce to get it; null if any may have it
     */
    record JobRow(
            QueuedJob job,
            int place,
            int lane,
            long seq,
            @Nullable Long due,
            @Nullable String need,
            @Nullable String note,
            long token,
            int bytes,
            @Nullable String address) {

        /** Whether the envelope was not read. */
        boolean lacksEnvelope() {
            return job.envelope().size() < bytes;
        }

        JobRow with(EncodedEnvelope envelope) {
            QueuedJob whole = new QueuedJob(job.queue(), job.id(), envelope, job.state(), job.marked());
            return new JobRow(whole, place, lane, seq, due, need, note, token, bytes, address);
        }

        boolean isSuspect() {
            return job.state().crashes() > 0;
        }

        String id() {
            return job.id().value();
        }
    }

    Statements.Row<JobRow> of(String queue) {
        return row -> read(queue, row);
    }

    private JobRow read(String queue, ResultSet row) throws SQLException {
        int place = row.getInt(2);
        int lane = row.getInt(3);
        long millis = row.getLong(5);
        Long due = row.wasNull() ? null : millis;
        JobId id = new JobId(row.getString(1));
        DeliveryState state = decode(id, row.getString(10))
                .withCrashes(row.getInt(6))
                .withLane(lane(lane))
                .withNotBefore(
                        due != null && (place == SCHEDULED || place == SCHEDULED_NEEDY)
                                ? Instant.ofEpochMilli(due)
                                : null);
        byte[] envelope = row.getBytes(12);
        return new JobRow(
                new QueuedJob(queue, id, envelope == null ? MISSING : EncodedEnvelope.wrap(envelope), state),
                place,
                lane,
                row.getLong(4),
                due,
                row.getString(7),
                row.getString(8),
                row.getLong(9),
                row.getInt(13),
                row.getString(11));
    }

    static Lane lane(int code) {
        return switch (code) {
            case SUSPECTS -> Lane.SUSPECT;
            case BACK -> Lane.BACK;
            default -> Lane.FRONT;
        };
    }

    /** The text of a record of which nobody says any more that nobody knows the job. */
    static @Nullable String known(JobId id, @Nullable String record) {
        return record == null ? null : encode(decode(id, record).withUnknownSince(null));
    }

    /** A record as it is stored; one that cannot be read counts as fresh. */
    static DeliveryState decode(JobId id, @Nullable String text) {
        if (text == null) {
            return DeliveryState.FRESH;
        }
        try {
            return CODEC.decode(text);
        } catch (IllegalArgumentException unreadable) {
            LOG.log(
                    Level.WARNING,
                    "GOOSE-3015: the record of job " + id + " cannot be read; it counts as never run",
                    unreadable);
            return DeliveryState.FRESH;
        }
    }

    /** The text of a record, null for one that says nothing. */
    static @Nullable String encode(DeliveryState state) {
        DeliveryState rest = state.withLane(Lane.BACK).withNotBefore(null).withCrashes(0);
        return rest.isFresh() ? null : Texts.clean(CODEC.encode(rest));
    }

    /** The lane of a job that is put to the front. */
    static int front(int crashes) {
        return crashes > 0 ? SUSPECTS : FRONT;
    }
}
