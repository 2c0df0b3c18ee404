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

    /**
     * Starts the configured workers and returns at once; also after a {@link #stop}.
     *
     * @throws IllegalStateException if the application, or the {@code Goose} that this belongs to, has ended (GOOSE-4014)
     */
    void start();

    /**
     * Stops leasing, waits up to {@code goose.worker.grace} for running jobs, interrupts the rest, gives the leases of ended
     * jobs back, writes outcomes, and returns.
     *
     * <p>Blocks for the grace, then at most a second for interrupted jobs and five for outcomes while a broker is away; all
     * workers together, not each. A job that ignores its interrupt is reported and left behind. An interrupt of the caller ends
     * the grace at once, and nothing else; its flag is set again when this returns.
     *
     * @throws IllegalStateException if a job of these workers calls it: it would wait for itself (GOOSE-4019)
     */
    void stop();

    /** Whether the workers have been started and not stopped. */
    boolean isRunning();

    /** How the workers and their brokers do at this moment. Asks no broker, so it answers at once. */
    GooseHealth health();
}
