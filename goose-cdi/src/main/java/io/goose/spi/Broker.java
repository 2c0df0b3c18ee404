package io.goose.spi;

/** What the engine talks to: a place where jobs wait, and the state that is looked up. */
public interface Broker extends Transport, Ledger {}
