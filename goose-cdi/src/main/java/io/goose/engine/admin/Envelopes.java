package io.goose.engine.admin;

import io.goose.admin.StoredJob;
import io.goose.job.DeliveryState.Failures;
import io.goose.job.Envelope;
import io.goose.job.EnvelopeCodec;
import io.goose.job.UndecodableEnvelopeException;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;

/** What can be read of stored jobs. Stateless. */
final class Envelopes {

    private static final EnvelopeCodec CODEC = new EnvelopeCodec();

    private Envelopes() {}

    /** Empty for one that cannot be read, which is nothing new: its worker parks it. */
    static Optional<Envelope> of(StoredJob stored) {
        try {
            return Optional.of(CODEC.decode(stored.job().envelope()));
        } catch (UndecodableEnvelopeException unreadable) {
            return Optional.empty();
        }
    }

    /** Since when a ready job can have been waiting at the longest. */
    static Optional<Instant> waitingSince(StoredJob stored) {
        return of(stored).flatMap(envelope -> {
            Failures failures = stored.job().state().failures();
            return Stream.of(
                            Optional.of(envelope.enqueuedAt()),
                            envelope.runAt(),
                            Optional.ofNullable(failures.lastAt()))
                    .flatMap(Optional::stream)
                    .max(Instant::compareTo);
        });
    }
}
