package io.goose.engine.observe;

import io.goose.job.EncodedEnvelope;
import io.goose.job.EnvelopeCodec;
import io.goose.job.UndecodableEnvelopeException;
import java.nio.charset.StandardCharsets;

/** Reads the handler's name out of an envelope of our own, which has it at its beginning. Stateless. */
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

    private static String decoded(EncodedEnvelope envelope) {
        try {
            return new EnvelopeCodec().decode(envelope).handler();
        } catch (UndecodableEnvelopeException foreign) {
            return "";
        }
    }
}
