package io.goose.broker.rabbitmq;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.WARNING;

import io.goose.GooseException;
import io.goose.broker.rabbitmq.Walks.Step;
import io.goose.spi.BrokerSettings.DeadRetention;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** Keeps only so many of the dead, and only so long. Thread-safe. */
final class Burials {

    private static final System.Logger LOG = System.getLogger(Burials.class.getPackageName());
    private static final long EVERY_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final RabbitParts parts;
    private final DeadRetention retention;
    private final Map<String, Long> lookedNanos = new ConcurrentHashMap<>(); // by queue, for those that are too old

    Burials(RabbitParts parts) {
        this.parts = parts;
        this.retention = parts.broker().dead();
    }

    /** Looks whether a queue has too many dead, and now and then whether they are too old. What cannot be done now is done later. */
    void look(String queue) {
        try {
            long count = parts.topology().messages(parts.names().dead(queue));
            boolean byAge = count > 0 && isTimeToLook(queue);
            if (byAge || count > retention.max()) {
                evict(queue, byAge);
            }
        } catch (GooseException away) {
            LOG.log(DEBUG, "the dead of queue {0} are looked at later: {1}", queue, away.getMessage());
        }
    }

    private boolean isTimeToLook(String queue) {
        long now = System.nanoTime();
        long every = Math.min(
                EVERY_NANOS, TimeUnit.MILLISECONDS.toNanos(retention.maxAge().toMillis() / 2));
        Long last = lookedNanos.get(queue);
        if (last != null && now - last < every) {
            return false;
        }
        lookedNanos.put(queue, now);
        return true;
    }

    /**
     * Removes from the front, where the oldest are.
     *
     * @param byAge whether the oldest of those that may stay is looked at, too
     */
    private void evict(String queue, boolean byAge) {
        Instant oldest = parts.clock().instant().minus(retention.maxAge());
        String dead = parts.names().dead(queue);
        long[] left = {Long.MIN_VALUE, 0};
        parts.walks().through(dead, message -> {
            if (left[0] == Long.MIN_VALUE) { // counted where nobody else removes any, with the one that is in our hands
                left[0] = parts.topology().messages(dead) + 1 - retention.max();
            }
            if (left[0] > 0 || diedBefore(queue, message, oldest)) {
                left[0]--;
                left[1]++;
                return new Step.Remove(left[0] == 0 && !byAge);
            }
            return Step.PutBack.INSTANCE; // they are in the order of their deaths
        });
        if (left[1] > 0) {
            LOG.log(
                    WARNING,
                    "GOOSE-3002: deleted {0} dead jobs of queue ''{1}'', beyond goose.dead.max={2} or goose.dead.max-age={3}",
                    left[1],
                    queue,
                    retention.max(),
                    retention.maxAge());
            parts.evictions().tell(queue, left[1]);
        }
    }

    private boolean diedBefore(String queue, Walks.Seen message, Instant time) {
        try {
            Instant died = parts.messages()
                    .read(queue, message.properties(), message.body())
                    .state()
                    .failures()
                    .diedAt();
            return died != null && died.isBefore(time);
        } catch (Messages.UnreadableException bad) {
            return false;
        }
    }
}
