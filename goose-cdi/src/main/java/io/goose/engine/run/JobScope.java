package io.goose.engine.run;

/**
 * The surroundings of user code on a worker's thread: request scope, context class loader, and whatever else the host
 * wants. Opened before the first middleware, closed after the last, on the same thread.
 */
@FunctionalInterface
public interface JobScope {

    /** Surroundings that need nothing. */
    JobScope NONE = () -> () -> {};

    /** Sets the surroundings up; closing what this returns puts the thread back as it was. */
    Open open();

    /**
     * Does something as the application that has been run on another's thread, as one of a resource adapter's: a host gives it the
     * application's naming context, if it can.
     */
    default void inApplication(Runnable work) {
        work.run();
    }

    /** Surroundings that are set up. */
    @FunctionalInterface
    interface Open extends AutoCloseable {
        @Override
        void close();
    }
}
