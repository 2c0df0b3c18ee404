package io.goose.broker.rabbitmq;

import io.goose.broker.rabbitmq.Sender.Parcel;
import io.goose.broker.rabbitmq.Sender.Spot;
import io.goose.job.DeliveryState;
import io.goose.job.Failure;
import io.goose.job.QueuedJob;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * Counts the crashes of a job. RabbitMQ says of a delivery only that it is not the first, which every job was when its worker died,
 * run or not. Such a one becomes a suspect and runs alone; it is fetched for that one by one, by a thread that is free, so that one
 * that comes back from there was running. Stateless.
 */
final class Suspects {

    private static final int MOST_CRASHES = 3;

    private final RabbitParts parts;
    private final Happened happened;
    private final Runners runners;

    Suspects(RabbitParts parts, Happened happened, Runners runners) {
        this.parts = parts;
        this.happened = happened;
        this.runners = runners;
    }

    /** Sends on a suspect that was running when its worker died: to be tried again, or to the dead. */
    void crashedAgain(Delivered delivered) {
        QueuedJob job = delivered.job();
        DeliveryState state = job.state().withCrashes(job.state().crashes() + 1);
        String problem = delivered.problem();
        Parcel parcel;
        if (problem != null) {
            parcel = new Parcel(job, Spot.PARKED, 0, Map.of(Messages.NOTE, Messages.note(problem)));
        } else if (state.crashes() >= MOST_CRASHES) {
            Failure poison = poison(state.crashes(), runners.take(job.queue(), job.id()));
            parcel = new Parcel(
                    job.withState(state.afterDeath(poison, parts.clock().instant())), Spot.DEAD);
        } else {
            parcel = new Parcel(job.withState(state), Spot.SUSPECT);
        }
        parts.sender().mustDeliver(List.of(parcel));
        try {
            delivered.line().acknowledge(List.of(delivered));
        } catch (IOException | RuntimeException failure) {
            throw Faults.exception(
                    "take away what was sent on", parts.consuming().where(), failure);
        }
        if (parcel.spot() == Spot.DEAD) {
            happened.buried(job.id());
        } else if (parcel.spot() == Spot.SUSPECT) {
            happened.suspect(job.id());
        }
    }

    /**
     * @param ran who ran it, of which all died; as far as is known
     */
    private static Failure poison(int crashes, List<String> ran) {
        String last = ran.isEmpty() ? "it was not noted where" : ran.get(ran.size() - 1);
        return new Failure(
                Failure.POISON,
                "was running, alone among suspects, when its worker died for the " + crashes
                        + (crashes == MOST_CRASHES ? "rd" : "th") + " time; " + last,
                "ran as a suspect on:\n" + String.join("\n", ran) + "\nneighbours: RabbitMQ does not tell them");
    }
}
