package io.goose.spi;

/**
 * How much is in use of what a broker has only so much of in a process: connections, or messages that are under way.
 *
 * @param used how much now
 * @param size how much there may be; beyond it callers wait
 * @since 0.1
 */
public record PoolUse(int used, int size) {
    public PoolUse {
        if (used < 0 || size < 1) {
            throw new IllegalArgumentException(used + " of " + size + " cannot be in use");
        }
    }

    /** Both together. */
    public PoolUse and(PoolUse other) {
        return new PoolUse(used + other.used, size + other.size);
    }
}
