package io.goose.tck;

/** Transactions of the calling thread, in which the connections of a broker under test take part. Thread-safe. */
public interface TransactionsUnderTest {

    /** Begins one. */
    void begin();

    void commit();

    void rollback();
}
