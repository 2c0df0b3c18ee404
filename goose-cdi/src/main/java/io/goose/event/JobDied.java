package io.goose.event;

import io.goose.job.JobId;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A job died: its last run failed here, or this server buried it, for it was running when its workers died, again and again. Told when
 * that is decided. Immutable.
 *
 * @param broker where it was leased
 * @param id its id
 * @param run the run that failed; null if it was buried
 * @param failure what that run threw, without the wrappers of servers; its message may quote arguments; null if it was buried
 * @since 0.1
 */
public record JobDied(
        String broker,
        JobId id,
        @Nullable Run run,
        @Nullable Throwable failure) {

    /**
     * The last run of a job.
     *
     * @param handler what ran it
     * @param queue where it was leased
     * @param attempt the number of the run, from 1
     */
    public record Run(String handler, String queue, int attempt) {}

    /** Whether it was buried because its workers died. */
    public boolean isPoison() {
        return run == null;
    }

    /** What ran it last; empty if it was buried. */
    public Optional<String> handler() {
        return Optional.ofNullable(run).map(Run::handler);
    }
}
