package io.goose.it.appserver;

/** A topic of tests about transactions. */
interface TransactionTopic {

    /** The server with the application deployed. */
    TransactionServer transactions();
}
