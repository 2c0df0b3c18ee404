package io.goose.job;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The bytes of an envelope as they travel and wait: written once at enqueue, never parsed or rewritten by a broker, so
 * that fields this version does not know survive.
 *
 * <p>Immutable by contract: the array is shared, not copied, on the way in and out, and nobody changes it.
 *
 * @since 0.1
 */
public final class EncodedEnvelope {

    private final byte[] bytes;

    private EncodedEnvelope(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Wraps {@code bytes} without a copy; the caller gives the array away. */
    public static EncodedEnvelope wrap(byte[] bytes) {
        return new EncodedEnvelope(bytes);
    }

    /** The array itself; the caller must not change it. */
    public byte[] bytes() {
        return bytes;
    }

    /** Size in bytes. */
    public int size() {
        return bytes.length;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof EncodedEnvelope that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /** The text of the envelope; it carries the job's arguments, so it must not be logged. */
    public String text() {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return "EncodedEnvelope[" + bytes.length + " bytes]";
    }
}
