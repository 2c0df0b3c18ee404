package io.goose.spi;

/**
 * What the engine talks to: a place where jobs wait, and the state that is looked up.
 *
 * <p>Thread-safe.
 *
 * @since 0.1
 */
public interface Broker extends Transport, Ledger {}
