package io.goose.engine.observe;

import io.goose.job.DeliveryState;
import io.goose.job.Envelope;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How late a run is, by the clocks of two machines: that which enqueued the job, or its broker, and this one.
 *
 * @param kind what it is late for
 * @param time never negative; null if nobody knows when it was due
 */
public record Latency(Kind kind, @Nullable Duration time) {

    /** What a run may be late for. */
    public enum Kind {
        /** It was enqueued to run at once. */
        ASYNC,
        /** It was to run at a time. */
        SCHEDULED,
        /** It is a tick of a recurring job. */
        CRON,
        /** It is to be run again. The record of a broker need not say when, for that is decided by its clock. */
        RETRY
    }

    static Latency of(Envelope envelope, DeliveryState state, Instant now) {
        if (state.retryCount() > 0) {
            return since(Kind.RETRY, state.notBefore(), now);
        }
        Envelope.Cron cron = envelope.cron().orElse(null);
        if (cron != null) {
            return since(Kind.CRON, cron.tick(), now);
        }
        Instant runAt = envelope.runAt().orElse(null);
        return runAt != null ? since(Kind.SCHEDULED, runAt, now) : since(Kind.ASYNC, envelope.enqueuedAt(), now);
    }

    private static Latency since(Kind kind, @Nullable Instant due, Instant now) {
        if (due == null) {
            return new Latency(kind, null);
        }
        Duration late = Duration.between(due, now);
        return new Latency(kind, late.isNegative() ? Duration.ZERO : late);
    }
}
