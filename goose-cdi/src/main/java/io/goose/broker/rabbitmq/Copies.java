package io.goose.broker.rabbitmq;

import io.goose.UnsupportedCapabilityException;
import io.goose.broker.rabbitmq.Sender.Parcel;
import io.goose.broker.rabbitmq.Sender.Spot;
import io.goose.job.DeliveryState;
import io.goose.job.Lane;
import io.goose.job.QueuedJob;
import io.goose.spi.Effect;
import io.goose.spi.Outcome;
import io.goose.spi.Settlement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What must be sent, and confirmed, before a delivery is acknowledged: RabbitMQ cannot change a message, so a job that goes on is
 * sent anew. Stateless but for the clock.
 */
final class Copies {

    private final InstantSource clock;

    Copies(InstantSource clock) {
        this.clock = clock;
    }

    /** Refuses an outcome that there is no way for. */
    static void mustBePossible(Settlement settlement) {
        if (settlement.outcome() instanceof Outcome.Deferred) {
            throw new UnsupportedCapabilityException("GOOSE-3003: cannot defer job "
                    + settlement.lease().job().id()
                    + ": this broker has no limits (LIMITS); settle it with another outcome");
        }
    }

    /** What a settlement sends; empty if nothing is left of the job. */
    List<Parcel> of(Settlement settlement) {
        List<Parcel> parcels = new ArrayList<>();
        Parcel next = next(settlement.lease().job(), settlement.outcome());
        if (next != null) {
            parcels.add(next);
        }
        for (Effect effect : settlement.effects()) {
            if (effect instanceof Effect.Enqueue enqueue) {
                parcels.add(Parcel.of(enqueue.job(), clock));
            }
        }
        return parcels;
    }

    private @Nullable Parcel next(QueuedJob ran, Outcome outcome) {
        DeliveryState state = ran.state();
        if (outcome instanceof Outcome.Retry retry) {
            QueuedJob next = new QueuedJob(
                    retry.queue(),
                    ran.id(),
                    ran.envelope(),
                    retry.next().withCrashes(0).withUnknownSince(null).withLane(Lane.FRONT),
                    ran.marked());
            return Parcel.after(next, retry.after(), clock);
        } else if (outcome instanceof Outcome.Snooze snooze) {
            return Parcel.after(ran.withState(state.afterSnooze()), snooze.after(), clock);
        } else if (outcome instanceof Outcome.Release release) {
            return release.need() == null
                    ? released(ran.withState(state.withUnknownSince(null)), release.after())
                    : unknown(ran, release.after());
        } else if (outcome instanceof Outcome.Dead dead) {
            DeliveryState last = dead.last()
                    .withUnknownSince(null)
                    .withNotBefore(null)
                    .withFailures(dead.last().failures().diedAt(clock.instant()));
            return new Parcel(ran.withState(last), Spot.DEAD);
        } else if (outcome instanceof Outcome.Parked parked) {
            Map<String, String> headers = new HashMap<>();
            headers.put(Messages.NOTE, Messages.note(parked.reason()));
            String need = parked.need();
            if (need != null) {
                headers.put(Messages.NEED, need);
            }
            return new Parcel(ran.withState(state.withNotBefore(null)), Spot.PARKED, 0, headers);
        }
        return null;
    }

    /** The same job again, to others: no attempt is counted, and what was a suspect is one. */
    Parcel released(QueuedJob job, Duration after) {
        DeliveryState state = job.state().withNotBefore(null);
        if (after.isZero() || after.isNegative()) {
            boolean suspect = state.crashes() > 0;
            return new Parcel(
                    job.withState(state.withLane(suspect ? Lane.SUSPECT : Lane.FRONT)),
                    suspect ? Spot.SUSPECT : Spot.FRONT,
                    0,
                    Map.of(Messages.AGAIN, "true"));
        }
        return Parcel.after(job.withState(state), after, clock);
    }

    private Parcel unknown(QueuedJob job, Duration after) {
        DeliveryState state = job.state();
        Instant since = state.unknownSince() == null ? clock.instant() : state.unknownSince();
        return Parcel.after(job.withState(state.withUnknownSince(since).withLane(Lane.FRONT)), after, clock);
    }
}
