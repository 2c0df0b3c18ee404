package io.goose.it.transactions;

/** What is done in a transaction. */
@FunctionalInterface
public interface Work {
    /** Does it. */
    void run() throws Exception;
}
