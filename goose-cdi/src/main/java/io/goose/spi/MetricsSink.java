package io.goose.spi;

import java.time.Duration;
import java.util.Map;

/**
 * Takes what Goose measures, for one monitoring system. A CDI bean of this type is found by itself; in Java SE it is given to
 * {@code GooseBuilder.metricsSink}.
 *
 * <p>All methods are called by one thread that this sink has for itself, behind a queue of bounded length: one that is slow or throws
 * loses measurements, which is logged and counted as {@link Metric#DROPPED}, and never touches a job or another sink.
 *
 * <p>Tags are few and bounded: {@code broker, queue, handler, kind, host}; never an id. Beyond 500 values of a tag all others are
 * {@code other}.
 *
 * @since 0.1
 */
public interface MetricsSink {

    /** Whether there is something to give values to. Asked before anything else; false leaves it out. */
    default boolean isUsable() {
        return true;
    }

    /** Adds to a counter. */
    void count(Metric metric, Map<String, String> tags, long more);

    /** Notes how long something took. */
    void time(Metric metric, Map<String, String> tags, Duration took);

    /**
     * Notes a value that replaces the one before.
     *
     * @param value NaN if nothing is known here any more: another worker tells it now, or it is gone. Then it is to be forgotten
     */
    default void gauge(Metric metric, Map<String, String> tags, double value) {}

    /** Says that nothing more comes at the moment: what is collected can be sent. */
    default void flush() {}

    /** Is told once, at the end; nothing comes after it. */
    default void close() {}
}
