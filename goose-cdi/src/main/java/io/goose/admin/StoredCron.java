package io.goose.admin;

import io.goose.CronEntry;
import io.goose.job.JobId;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A recurring job as it is stored at one moment. Immutable.
 *
 * @param entry when it runs
 * @param call what it runs
 * @param paused whether its ticks are stopped
 * @param next the next tick, or the one that is due; null while it is paused
 * @param last the last tick that was enqueued; null if none was
 * @param lastJob the id of that tick's job; null if there is none
 * @since 0.1
 */
public record StoredCron(
        CronEntry entry,
        Call call,
        boolean paused,
        @Nullable Instant next,
        @Nullable Instant last,
        @Nullable JobId lastJob) {

    /**
     * What an entry runs.
     *
     * @param handler the name of the job
     * @param arguments what it is called with, encoded, as a text in JSON
     * @param queue where its jobs are enqueued
     */
    public record Call(String handler, String arguments, String queue) {
        public Call {
            Objects.requireNonNull(handler, "handler");
            Objects.requireNonNull(arguments, "arguments");
            Objects.requireNonNull(queue, "queue");
        }
    }

    public StoredCron {
        Objects.requireNonNull(entry, "entry");
        Objects.requireNonNull(call, "call");
    }
}
