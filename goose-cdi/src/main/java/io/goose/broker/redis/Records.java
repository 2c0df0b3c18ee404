package io.goose.broker.redis;

import io.goose.job.DeliveryState;
import io.goose.job.DeliveryStateCodec;
import io.goose.job.EncodedEnvelope;
import io.goose.job.JobId;
import io.goose.job.Lane;
import io.goose.job.QueuedJob;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Jobs as they are stored. The lane and the time that a job waits for are told by the key that holds its id, so the stored
 * record does not repeat them; a record that then says nothing is not stored. Thread-safe.
 */
final class Records {

    private static final Logger LOG = System.getLogger(Records.class.getPackageName());
    private static final byte[] NONE = new byte[0];

    private final DeliveryStateCodec codec = new DeliveryStateCodec();

    /** The stored form; empty for a record that need not be stored. */
    byte[] encode(DeliveryState state) {
        DeliveryState bare = state.withLane(Lane.BACK).withNotBefore(null);
        return bare.isFresh() ? NONE : QueueKeys.bytes(codec.encode(bare));
    }

    /** The stored form of a record that replaces a stored one; never empty. */
    byte[] encodeAlways(DeliveryState state) {
        return QueueKeys.bytes(codec.encode(state.withLane(Lane.BACK).withNotBefore(null)));
    }

    /**
     * A job from its stored parts.
     *
     * @param record its stored record; null or empty for none
     * @param lane where it is or was
     * @param due what it waits for; null for nothing
     */
    QueuedJob job(
            String queue, byte[] id, byte[] envelope, byte @Nullable [] record, Lane lane, @Nullable Instant due) {
        JobId jobId = StoredId.of(id);
        DeliveryState state = decode(queue, jobId, record);
        Lane present = state.crashes() > 0 ? Lane.SUSPECT : lane;
        return new QueuedJob(
                queue,
                jobId,
                EncodedEnvelope.wrap(envelope),
                state.withLane(present).withNotBefore(due));
    }

    private DeliveryState decode(String queue, JobId id, byte @Nullable [] record) {
        if (record == null || record.length == 0) {
            return DeliveryState.FRESH;
        }
        try {
            return codec.decode(text(record));
        } catch (IllegalArgumentException unreadable) {
            LOG.log(
                    Level.WARNING,
                    "GOOSE-3015: the record of job {0} in queue ''{1}'' cannot be read: {2}; it counts as the first attempt",
                    id,
                    queue,
                    unreadable.getMessage());
            return DeliveryState.FRESH;
        }
    }

    static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
