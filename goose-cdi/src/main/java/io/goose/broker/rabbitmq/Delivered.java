package io.goose.broker.rabbitmq;

import io.goose.job.QueuedJob;
import org.jspecify.annotations.Nullable;

/**
 * A job that RabbitMQ has delivered and that is not acknowledged.
 *
 * @param line the channel that it came by
 * @param number of the delivery on that channel
 * @param job as the message has it
 * @param from where it was
 * @param again whether this message was delivered before
 * @param leasedBefore whether the job was leased before, or may have been, since it was sent
 * @param sinceNanos when it came
 * @param problem why it is no job; null if it is one
 * @param flow what it came with; null if it was fetched
 */
record Delivered(
        Line line,
        long number,
        QueuedJob job,
        Sender.Spot from,
        boolean again,
        boolean leasedBefore,
        long sinceNanos,
        @Nullable String problem,
        @Nullable Flow flow) {

    /** Notes that it has ended; called before the broker is told. */
    void ends() {
        if (flow != null) {
            flow.ended();
        }
    }

    int size() {
        return job.envelope().size();
    }
}
