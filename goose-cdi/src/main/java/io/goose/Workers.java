package io.goose;

/**
 * The workers of this application. Inject it to start them by hand where {@code goose.worker.start=manual}, for example
 * after a database migration.
 *
 * <p>Thread-safe. Starting what runs and stopping what does not run do nothing.
 *
 * @since 0.1
 */
public interface Workers {

    /** Starts the configured workers and returns at once. */
    void start();

    /**
     * Stops leasing, waits up to {@code goose.worker.grace} for running jobs, interrupts the rest, gives the leases of ended
     * jobs back, writes outcomes, and returns.
     */
    void stop();

    /** Whether the workers have been started and not stopped. */
    boolean isRunning();
}
