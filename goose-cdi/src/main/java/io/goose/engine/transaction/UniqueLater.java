package io.goose.engine.transaction;

import io.goose.job.EncodedEnvelope;
import io.goose.job.EnvelopeCodec;
import io.goose.job.QueuedJob;
import io.goose.job.UndecodableEnvelopeException;
import io.goose.job.UniqueKey;
import io.goose.spi.SendResult;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Unique jobs that are sent after the transaction that enqueues them: whether one is added is decided then. Stateless. */
final class UniqueLater {

    private static final System.Logger LOG = System.getLogger(UniqueLater.class.getName());
    private static final EnvelopeCodec ENVELOPES = new EnvelopeCodec();
    private static final byte[] FIELD = "\"unique\":{".getBytes(StandardCharsets.US_ASCII);

    private UniqueLater() {}

    /** What callers are told of jobs that are bound to their transaction. */
    static List<SendResult> bound(List<QueuedJob> jobs) {
        return jobs.stream()
                .map(job -> job.unique() == null
                        ? SendResult.Accepted.INSTANCE
                        : (SendResult) new SendResult.Deferred(job.id()))
                .toList();
    }

    /** A job as it comes out of an outbox, which keeps the envelope alone, with the key that this has. */
    static QueuedJob withKey(QueuedJob job) {
        if (!mayHaveKey(job.envelope())) {
            return job;
        }
        try {
            return job.withUnique(UniqueKey.of(ENVELOPES.decode(job.envelope())).orElse(null));
        } catch (UndecodableEnvelopeException | IllegalArgumentException bad) { // whoever is to run it says so
            LOG.log(Level.DEBUG, "the envelope of job {0} cannot be read: {1}", job.id(), bad.getMessage());
            return job;
        }
    }

    /** Cheap, and seldom wrong: our own envelopes have no white space. */
    private static boolean mayHaveKey(EncodedEnvelope envelope) {
        byte[] bytes = envelope.bytes();
        for (int i = 0; i + FIELD.length <= bytes.length; i++) {
            int n = 0;
            while (n < FIELD.length && bytes[i + n] == FIELD[n]) {
                n++;
            }
            if (n == FIELD.length) {
                return true;
            }
        }
        return false;
    }
}
