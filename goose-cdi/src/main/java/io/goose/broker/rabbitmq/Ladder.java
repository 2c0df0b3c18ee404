package io.goose.broker.rabbitmq;

import java.time.Duration;

/**
 * How a job waits in RabbitMQ without a plugin: level k holds a job for 2^k seconds, and a delay goes through the levels whose
 * bits it has, the longest first. The key of a message is these bits and its queue: each level looks at its own bit, and passes
 * the message on to the next if it is not set. So three seconds are two stops, and no level is passed twice.
 *
 * <p>The arithmetic alone; {@link Topology} makes the levels. Stateless.
 */
final class Ladder {

    /** The number of levels. The longest holds a job for 48.5 days: RabbitMQ knows no longer times than 2^32 - 1 ms. */
    static final int LEVELS = 23;

    /** What it holds at most, 97 days. A job for later goes through it again. */
    static final long MOST_SECONDS = (1L << LEVELS) - 1;

    private Ladder() {}

    /** The seconds that a delay takes here: at least one, rounded up. */
    static long seconds(Duration delay) {
        long millis = delay.compareTo(Duration.ofSeconds(MOST_SECONDS)) >= 0 ? MOST_SECONDS * 1000 : delay.toMillis();
        return Math.max(1, Math.min(MOST_SECONDS, (millis + 999) / 1000));
    }

    /** The level at which a delay begins. */
    static int first(long seconds) {
        return 63 - Long.numberOfLeadingZeros(seconds);
    }

    /** The key of a message that waits so long for its queue. */
    static String key(long seconds, String queue) {
        StringBuilder key = new StringBuilder(2 * LEVELS + queue.length());
        for (int level = LEVELS - 1; level >= 0; level--) {
            key.append((seconds >> level & 1) == 0 ? "0." : "1.");
        }
        return key.append(word(queue)).toString();
    }

    /** The binding of a level to its queue, or to the next level. */
    static String binding(int level, boolean holds) {
        return "*.".repeat(LEVELS - 1 - level) + (holds ? "1.#" : "0.#");
    }

    /** The binding of the way out to a queue. */
    static String out(String queue) {
        return "*.".repeat(LEVELS) + word(queue);
    }

    /** How long a level holds a message. */
    static long millis(int level) {
        return 1000L << level;
    }

    /** A name that no exchange takes for a pattern. */
    private static String word(String queue) {
        return queue.replace("%", "%25").replace("#", "%23");
    }
}
