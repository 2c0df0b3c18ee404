package io.goose.it.transactions;

/** A way to begin and end transactions. */
public interface Unit {

    /** Joins the caller's transaction or has one of its own. */
    void required(Work work) throws Exception;

    /** Has a transaction of its own. */
    void requiresNew(Work work) throws Exception;

    /** Has none. */
    void notSupported(Work work) throws Exception;

    /** Marks the present transaction for rollback, in the way that belongs to this one. */
    void setRollbackOnly() throws Exception;
}
