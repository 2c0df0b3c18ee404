package io.goose;

import io.goose.job.Failure;
import io.goose.job.JobId;
import java.lang.reflect.Type;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a job. Immutable, as of the moment of the look; thread-safe.
 *
 * @since 0.1
 */
public final class JobStatus {

    /** Where a job is, or how it ended. */
    public enum State {
        /** It is ready to be run. */
        WAITING,
        /** It waits for its time, or to be retried. */
        SCHEDULED,
        /** A worker has it. */
        RUNNING,
        /** It was set aside, because nobody can run it. */
        PARKED,
        /** It ran to its end. Known if its result is kept. */
        SUCCEEDED,
        /** It has failed for the last time, and is kept with its failure. */
        DEAD,
        /** It was cancelled while a worker had it. Known if its result is kept. */
        CANCELLED,
        /** Its deadline passed before it was begun. Known if its result is kept. */
        EXPIRED,
        /** It is nowhere: it has ended and nothing was kept or is kept any longer, it was deleted, or it never was. */
        UNKNOWN
    }

    private final JobId id;
    private final State state;
    private final int attempt;
    private final @Nullable Failure failure;
    private final @Nullable Function<Type, @Nullable Object> result;

    /**
     * @param attempt the number of the run that comes next, is under way or was the last; 0 if the job is unknown
     * @param failure the last one; null if there was none, or it is not known
     * @param result reads it; null if none is kept
     */
    public JobStatus(
            JobId id,
            State state,
            int attempt,
            @Nullable Failure failure,
            @Nullable Function<Type, @Nullable Object> result) {
        this.id = Objects.requireNonNull(id, "id");
        this.state = Objects.requireNonNull(state, "state");
        this.attempt = attempt;
        this.failure = failure;
        this.result = result;
    }

    /** A job of which nothing is known. */
    public static JobStatus unknown(JobId id) {
        return new JobStatus(id, State.UNKNOWN, 0, null, null);
    }

    public JobId id() {
        return id;
    }

    public State state() {
        return state;
    }

    /** Whether the job has ended, as far as that is known: an unknown one has not. */
    public boolean hasEnded() {
        return switch (state) {
            case SUCCEEDED, DEAD, CANCELLED, EXPIRED -> true;
            case WAITING, SCHEDULED, RUNNING, PARKED, UNKNOWN -> false;
        };
    }

    /** The number of the run that comes next, is under way or was the last, from 1; 0 if the job is unknown. */
    public int attempt() {
        return attempt;
    }

    /** The last failure, of a job that is retried or dead. */
    public Optional<Failure> failure() {
        return Optional.ofNullable(failure);
    }

    /**
     * What the job's method returned; empty if it returned null or nothing, if the job has not succeeded, or if its result is not kept.
     *
     * @throws IllegalArgumentException if it is none of that type
     */
    public <T> Optional<T> result(Class<T> type) {
        return Optional.ofNullable(result == null ? null : type.cast(result.apply(type)));
    }

    @Override
    public String toString() {
        return "JobStatus[" + id + " " + state + ", attempt " + attempt + "]";
    }
}
