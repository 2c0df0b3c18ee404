package io.goose.it.appserver;

/** A topic of tests against a running server. */
interface Topic {

    /** The server with the probe deployed. */
    Harness harness();
}
