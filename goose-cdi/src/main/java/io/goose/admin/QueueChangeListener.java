package io.goose.admin;

/**
 * Is told of each {@link QueueChange}. A CDI bean of this type is found by itself; in Java SE it is given to the builder. What it
 * throws is logged and changes nothing. Must be thread-safe and quick.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface QueueChangeListener {

    void onChange(QueueChange change);
}
