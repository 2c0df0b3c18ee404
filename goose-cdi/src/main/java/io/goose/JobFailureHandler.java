package io.goose;

/**
 * Is told of failing and dying jobs. A CDI bean of this type is found by itself; several are called in the order of their
 * {@code @Priority}.
 *
 * <p>Called on the job's thread, before the outcome is written, so a crash may call it again. What it throws is logged and
 * never changes the job's fate. Must be thread-safe and quick.
 *
 * @since 0.1
 */
public interface JobFailureHandler {

    /** A run failed and the job will be retried. */
    default void onError(JobRun run, Throwable failure) {}

    /** A run failed and the job will be buried, or dropped where {@code skipDead} says so. */
    default void onDeath(JobRun run, Throwable failure) {}

    /**
     * The job ended because its {@link JobOptions.Builder#deadline deadline} passed before it was begun, or while it
     * {@link Snooze snoozed}. It is removed.
     */
    default void onExpired(JobRun run) {}

    /**
     * The job was cancelled while a worker had it: before it was begun, or while it ran and then threw. It is removed. Nobody is
     * told of a job that is removed before a worker has it: who cancels it is answered so.
     */
    default void onCancelled(JobRun run) {}

    /**
     * Jobs of committed transactions could not be sent, see {@link JobLost}. Not on a job's thread; at the stop of the
     * application too, when the broker is not to be had.
     */
    default void onLost(JobLost lost) {}
}
