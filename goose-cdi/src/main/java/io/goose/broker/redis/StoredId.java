package io.goose.broker.redis;

import io.goose.job.JobId;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * An id as another producer wrote it. One that is none, because it is empty or too long, is shown under a substitute that is
 * made from it, by which its job can be found and deleted.
 */
final class StoredId {

    private static final String SUBSTITUTE = "substitute-";
    private static final int SHOWN = 200;

    private StoredId() {}

    /** The id, or its substitute. */
    static JobId of(byte[] stored) {
        String text = Records.text(stored);
        try {
            return new JobId(text);
        } catch (IllegalArgumentException none) {
            return new JobId(SUBSTITUTE + HexFormat.of().formatHex(digest(stored), 0, 16));
        }
    }

    /** Whether this may stand for another id. */
    static boolean isSubstitute(JobId id) {
        return id.value().startsWith(SUBSTITUTE);
    }

    /** What to say about a job whose id is none; null if it is one. */
    static @Nullable String note(byte[] stored) {
        if (!isSubstitute(of(stored))) {
            return null;
        }
        String text = Records.text(stored);
        String shown = text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "…";
        return "the producer gave it the id '" + shown + "' of " + text.length() + " characters";
    }

    private static byte[] digest(byte[] stored) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(stored);
        } catch (NoSuchAlgorithmException missing) {
            throw new IllegalStateException("this Java has no SHA-256", missing);
        }
    }
}
