package io.goose.job;

import io.goose.job.Envelope.Unique;
import io.goose.job.Envelope.Unique.OnConflict;
import io.goose.job.Envelope.Unique.Scope;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a broker has to know of a job that is to be the only one with its key, beside the envelope that it does not read.
 *
 * <p>The key belongs to the queue that the job is enqueued on, its home, and to nobody else there as long as it is held. It is held by
 * the job that the broker has noted for it and that is still there, in its home or in the queue of its retries, and not dead; how
 * else, the scope says. A job that has died, or that is not there any more for whatever reason, holds nothing.
 *
 * @param key 1 to {@value #LONGEST} characters
 * @param scope how long the job holds it
 * @param until when it becomes free, by the broker's clock; of {@link Scope#UNTIL} alone, else null
 * @param onConflict what becomes of a job whose key is held
 * @param retryQueue the queue that its retries go to; null if it is its own
 * @since 0.1
 */
public record UniqueKey(
        String key,
        Scope scope,
        @Nullable Instant until,
        OnConflict onConflict,
        @Nullable String retryQueue) {

    /** The longest key, in characters. */
    public static final int LONGEST = 200;

    public UniqueKey {
        Objects.requireNonNull(scope, "scope");
        Objects.requireNonNull(onConflict, "onConflict");
        if (key.isEmpty() || key.length() > LONGEST) {
            throw new IllegalArgumentException(
                    "GOOSE-2271: a unique key has 1 to " + LONGEST + " characters, not " + key.length());
        }
        if ((scope == Scope.UNTIL) != (until != null)) {
            throw new IllegalArgumentException(
                    "GOOSE-2272: a unique key is held until a time if, and only if, its scope is UNTIL");
        }
    }

    /** What an envelope says of it; empty for a job that need not be unique. */
    public static Optional<UniqueKey> of(Envelope envelope) {
        return envelope.unique()
                .map(unique -> new UniqueKey(
                        unique.key(), unique.scope(), unique.until(), unique.onConflict(), elsewhere(envelope)));
    }

    private static @Nullable String elsewhere(Envelope envelope) {
        return envelope.retry()
                .map(Envelope.Retry::queue)
                .filter(queue -> !queue.equals(envelope.queue()))
                .orElse(null);
    }

    /** The part of it that is in the envelope. */
    public Unique asWritten() {
        return new Unique(key, scope, until, onConflict);
    }
}
