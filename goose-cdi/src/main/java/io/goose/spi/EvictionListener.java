package io.goose.spi;

/**
 * Is told by a broker that it let go of dead jobs that were too many or too old.
 *
 * <p>Called on any thread, a heart or one that settles among them, after the jobs have gone. Must be quick, thread-safe and must
 * not throw.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface EvictionListener {

    /** Tells nobody. */
    EvictionListener NONE = (queue, count) -> {};

    /**
     * Dead jobs have gone.
     *
     * @param count how many, at least 1
     */
    void evicted(String queue, long count);
}
