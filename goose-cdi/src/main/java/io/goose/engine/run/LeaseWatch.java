package io.goose.engine.run;

/** What the worker knows of a lease while its job runs. Safe to ask from any thread. */
public interface LeaseWatch {

    /** Whether the lease is another's now, or free. */
    boolean isLost();

    /** Whether the worker interrupted this run because it stops. */
    boolean isInterrupted();

    /** Whether the worker is stopping, so that the server may be taking things away from the job. */
    boolean isStopping();
}
