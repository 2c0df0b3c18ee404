package io.goose.broker.rabbitmq;

import io.goose.QueueNames;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** What things are called in RabbitMQ. A queue of Goose has no colon in its name, so nothing here is called like another. */
record Names(String namespace) {

    private static final int MOST_BYTES = 255;

    /** Where jobs wait in the order of their enqueuing. */
    String back(String queue) {
        return namespace + ":" + queue;
    }

    /** Where jobs wait that go ahead of these. */
    String front(String queue) {
        return back(queue) + ":front";
    }

    /** Where jobs wait whose worker may have died of them. */
    String suspect(String queue) {
        return back(queue) + ":suspect";
    }

    String dead(String queue) {
        return back(queue) + ":dead";
    }

    String parked(String queue) {
        return back(queue) + ":parked";
    }

    /** The exchange of a level of the ladder, and its queue. */
    String level(int level) {
        return namespace + "::delay:" + level;
    }

    /** The exchange that jobs come to when their time has come. */
    String due() {
        return namespace + "::due";
    }

    /** The exchange and the queue of what has nowhere to go. */
    String unrouted() {
        return namespace + "::unrouted";
    }

    /** The exchange that is there when the whole ladder is. */
    String ladder() {
        return namespace + "::ladder";
    }

    /** The queue that knows the names of all queues. */
    String registry() {
        return namespace + "::queues";
    }

    /** The queue that belongs to the connection of the process that tells the sizes of queues. */
    String leader() {
        return namespace + "::leader";
    }

    /** The queue of notes of who runs which suspect. */
    String runners() {
        return namespace + "::runners";
    }

    /** Where a running job is kept that takes longer than RabbitMQ lets a delivery be open. */
    String hold(String id) {
        return namespace + "::hold:" + id;
    }

    /** What is wrong with the name of a queue here; empty if nothing is. */
    Optional<String> problem(String queue) {
        Optional<String> problem = QueueNames.problem(queue);
        if (problem.isPresent()) {
            return problem;
        }
        int bytes = Math.max(
                suspect(queue).getBytes(StandardCharsets.UTF_8).length,
                Ladder.key(0, queue).getBytes(StandardCharsets.UTF_8).length);
        return bytes <= MOST_BYTES
                ? Optional.empty()
                : Optional.of("RabbitMQ has room for " + MOST_BYTES + " bytes in a name, and with what is added it has "
                        + bytes + "; shorten it");
    }
}
