package io.goose.broker.rabbitmq;

import static java.lang.System.Logger.Level.ERROR;

import io.goose.broker.rabbitmq.Sender.Parcel;
import io.goose.broker.rabbitmq.Sender.Spot;
import io.goose.job.DeliveryState;
import io.goose.job.Lane;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;

/** Which deliveries must not be run as they are, and where they go instead. Thread-safe. */
final class Elsewhere {

    private static final System.Logger LOG = System.getLogger(Elsewhere.class.getPackageName());
    private static final Duration TOLERANCE = Duration.ofSeconds(1);

    private final InstantSource clock;

    Elsewhere(InstantSource clock) {
        this.clock = clock;
    }

    /** One that is no job, was delivered before, or has come too early. */
    boolean mustGo(Delivered delivered) {
        return delivered.problem() != null || delivered.again() || isEarly(delivered);
    }

    private boolean isEarly(Delivered delivered) {
        Instant due = delivered.job().state().notBefore();
        return due != null && due.isAfter(clock.instant().plus(TOLERANCE));
    }

    /** Where it goes: to the parked, to the suspects, or through the ladder once more. */
    Parcel parcel(Delivered delivered) {
        String problem = delivered.problem();
        if (problem != null) {
            LOG.log(
                    ERROR,
                    "GOOSE-3092: a message of queue ''{0}'' is no job and is parked: {1}; mend its producer",
                    delivered.job().queue(),
                    problem);
            return new Parcel(delivered.job(), Spot.PARKED, 0, Map.of(Messages.NOTE, Messages.note(problem)));
        }
        if (!delivered.again()) {
            return Parcel.of(delivered.job(), clock); // it has come too early
        }
        DeliveryState state = delivered.job().state();
        return new Parcel(
                delivered.job().withState(state.withCrashes(state.crashes() + 1).withLane(Lane.SUSPECT)), Spot.SUSPECT);
    }
}
