package io.goose.admin;

/**
 * The sizes of a queue at one moment. Immutable.
 *
 * @param queue its name
 * @param waiting ready jobs in all lanes
 * @param running leased jobs
 * @param scheduled jobs that wait for their time
 * @param dead buried jobs
 * @param parked jobs that nobody can run
 * @param paused whether leasing is paused
 * @since 0.1
 */
public record QueueStats(
        String queue, long waiting, long running, long scheduled, long dead, long parked, boolean paused) {}
