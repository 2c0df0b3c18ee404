package io.goose.engine.observe;

import io.goose.job.EncodedEnvelope;
import io.goose.job.EnvelopeCodec;
import io.goose.job.UndecodableEnvelopeException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;

/** Reads what is told of a job out of its envelope; the handler's name, which ours have at their beginning, without the rest. Stateless. */
final class Peek {

    private static final byte[] FIELD = "\"handler\":\"".getBytes(StandardCharsets.US_ASCII);
    private static final int WITHIN = 1_024;

    private Peek() {}

    /** The handler's name; empty if the envelope cannot be read. */
    static String handler(EncodedEnvelope envelope) {
        byte[] bytes = envelope.bytes();
        int limit = Math.min(bytes.length, WITHIN);
        int from = -1;
        for (int i = 0; i <= limit - FIELD.length && from < 0; i++) {
            if (bytes[i] == '"' && isFieldAt(bytes, i)) {
                from = i + FIELD.length;
            }
        }
        for (int i = from; from >= 0 && i < limit; i++) {
            if (bytes[i] == '\\') {
                break;
            }
            if (bytes[i] == '"') {
                return new String(bytes, from, i - from, StandardCharsets.UTF_8);
            }
        }
        return decoded(envelope);
    }

    private static boolean isFieldAt(byte[] bytes, int at) {
        for (int i = 0; i < FIELD.length; i++) {
            if (bytes[at + i] != FIELD[i]) {
                return false;
            }
        }
        return true;
    }

    /** When it was enqueued; empty if the envelope cannot be read. */
    static Optional<Instant> enqueuedAt(EncodedEnvelope envelope) {
        try {
            return Optional.of(new EnvelopeCodec().decode(envelope).enqueuedAt());
        } catch (UndecodableEnvelopeException foreign) {
            return Optional.empty();
        }
    }

    private static String decoded(EncodedEnvelope envelope) {
        try {
            return new EnvelopeCodec().decode(envelope).handler();
        } catch (UndecodableEnvelopeException foreign) {
            return "";
        }
    }
}
