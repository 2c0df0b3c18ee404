package io.goose.spi;

import io.goose.job.EncodedEnvelope;
import io.goose.job.Envelope;
import io.goose.job.EnvelopeCodec;
import io.goose.job.UndecodableEnvelopeException;
import java.util.Objects;

/**
 * What of a job limits go by, for brokers that decide in Java.
 *
 * @param handler the name of its handler; empty if the envelope cannot be read
 * @param key its key; empty if it has none
 * @since 0.1
 */
public record LimitedJob(String handler, String key) {

    private static final LimitedJob UNREADABLE = new LimitedJob("", "");

    public LimitedJob {
        Objects.requireNonNull(handler, "handler");
        Objects.requireNonNull(key, "key");
    }

    /** Reads it from an envelope. */
    public static LimitedJob of(EncodedEnvelope envelope, EnvelopeCodec codec) {
        try {
            Envelope read = codec.decode(envelope);
            return new LimitedJob(read.handler(), read.key().orElse(""));
        } catch (UndecodableEnvelopeException unreadable) {
            return UNREADABLE;
        }
    }
}
